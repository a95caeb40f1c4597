import { readFileSync } from 'node:fs';
import { connectGuest } from '../guest/shell.ts';

// Runs a command in a guest, with this program's standard input, as an operator might with --exec. Its arguments are
// the socket of the guest's shell, the program and its arguments.

const [socket = '', ...words] = process.argv.slice(2);
const input = readFileSync(0);
const file = `/tmp/input.${process.pid}`;

using shell = await connectGuest(socket);
await shell.text(`: >${file}`);
// In pieces: a script must fit into the buffers of the guest's serial port.
for (let at = 0; at < input.length; at += 12_000) {
  await shell.text(`echo ${input.subarray(at, at + 12_000).toString('base64')} | base64 -d >>${file}`);
}
const { exitCode, output } = await shell.sh(`${words.map((word) => `'${word}'`).join(' ')} <${file}`);
(exitCode === 0 ? process.stdout : process.stderr).write(output);
process.exitCode = exitCode;
