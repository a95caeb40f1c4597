import { connect } from 'node:net';
import { isatty } from 'node:tty';

// Stands in for `kata-runtime exec SANDBOX`: connects its terminal, which the caller has set to raw mode, to the shell
// that a guest serves on a TCP port. Like the original, it requires a terminal, accepts only a whole sandbox id, and
// ends when the guest hangs up. Its first arguments are the port and the id that it knows.

const [port = '', known = '', command = '', sandbox = ''] = process.argv.slice(2);

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

if (![2, 1, 0].some((file) => isatty(file))) fail('provided file is not a console');
if (command !== 'exec' || sandbox !== known) fail(`dial unix /run/vc/sbs/${sandbox}/shim-monitor.sock: no such file`);
const socket = connect(Number(port), '127.0.0.1');
socket.on('error', ({ message }) => fail(message));
socket.on('close', () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);
