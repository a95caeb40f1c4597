// Runs a process of a container in the guest of its sandbox: node in-guest.ts <directory of the guest> <file>. The file
// is the container's config.json, whose process starts in the background, or a process.json, whose process runs to its
// end and which is then removed. The guest has the resolv.conf of the container, which Kata's agent puts there, too.
import { readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { connectGuest, shellSocket } from '../guest/shell.ts';

interface Process {
  readonly args: readonly string[];
}

interface Container {
  readonly process: Process;
  readonly mounts: readonly { readonly destination: string; readonly source: string }[];
}

const resolver = '/etc/resolv.conf';

const [directory = '', file = ''] = process.argv.slice(2);
const described = JSON.parse(readFileSync(file, 'utf8')) as Process | Container;
using shell = await connectGuest(shellSocket(directory));
if ('process' in described) {
  const mount = described.mounts.find(({ destination }) => destination === resolver);
  if (mount !== undefined) {
    await shell.text(`mkdir -p /etc\necho ${base64Of(mount.source)} | base64 -d >${resolver}`);
  }
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

function base64Of(file: string): string {
  return readFileSync(file).toString('base64');
}
