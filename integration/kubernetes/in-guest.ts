// Runs a process of a container in the guest of its sandbox: node in-guest.ts <directory of the guest> <file>. The file
// is the container's config.json, whose process starts in the background, or a process.json, whose process runs to its
// end and which is then removed.
import { readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { connectGuest, shellSocket } from '../guest/shell.ts';

interface Process {
  readonly args: readonly string[];
}

const [directory = '', file = ''] = process.argv.slice(2);
const described = JSON.parse(readFileSync(file, 'utf8')) as Process | { readonly process: Process };
using shell = await connectGuest(shellSocket(directory));
if ('process' in described) {
  await shell.text(`setsid ${quoted(described.process)} >/dev/null 2>&1 &`);
} else {
  rmSync(file);
  const { exitCode, output } = await shell.sh(quoted(described), 120);
  process.stdout.write(output);
  process.exitCode = exitCode;
}

function quoted({ args }: Process): string {
  return args.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}
