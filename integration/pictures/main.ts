import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { blocksOf } from '../../test/docs/blocks.ts';
import { DocumentedNode } from '../docs/documented-node.ts';
import { columns, terminalSvg } from './terminal.ts';

// `npm run picture` draws the terminal output of `dan doctor`, `dan show` and the demo from a real run: a node is set
// up by the guide of the bridge, a pod is started on it, and its bridge is taken down for `dan doctor`. Of a long
// output, it draws only the lines that `kept` selects.

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Draws a picture for each background. "…" replaces the lines that `kept` does not select. */
async function draw(name: string, command: string, printed: string, kept: (line: string, at: number) => boolean) {
  const lines = printed.replaceAll('\r', '').trimEnd().split('\n');
  const drawn = lines.flatMap((line, at) =>
    kept(line, at) ? [line] : at > 0 && kept(lines[at - 1] ?? '', at - 1) ? ['\u001B[2m  …\u001B[22m'] : [],
  );
  for (const theme of ['light', 'dark'] as const) {
    const file = `docs/drawings/terminal-${name}-${theme}.svg`;
    await writeFile(`${root}${file}`, terminalSvg([`$ ${command}`, ...drawn].join('\n'), theme));
    process.stdout.write(`written: ${file}\n`);
  }
}

/** Runs a command line on a terminal. */
function onTerminal(command: string): string {
  return `script --quiet --command "stty cols ${columns}; ${command}" /dev/null`;
}

async function ofNode(): Promise<void> {
  await using node = await DocumentedNode.create();
  const page = blocksOf('docs/guides/bridge.md');
  const untilPod = page.slice(0, 1 + page.findIndex(({ text }) => text.startsWith('kubectl apply')));
  await node.follow([...blocksOf('docs/guides/README.md'), ...untilPod]);
  await node.host.sh('ip link set br0 down');
  const doctor = await node.shell(onTerminal('dan doctor'));
  await node.host.sh('ip link set br0 up');
  const sandbox = (await node.host.sh('ls /run/kata-containers/dans')).slice(0, 7);
  const show = await node.shell(onTerminal(`dan show ${sandbox}`));
  const lines = doctor.stdout.split('\n');
  const found = lines.findIndex((line) => line.includes('[kernel-bridge'));
  const isNear = (at: number): boolean => Math.abs(at - found) < 6;
  const isMessage = (at: number): boolean => {
    const error = lines.findLastIndex((line, index) => index <= at && line.includes('\u001B[31merror'));
    return error >= 0 && !lines.slice(error, at).some((line) => line.includes('[kernel-') || line.includes('[kata-'));
  };
  await draw(
    'doctor',
    'dan doctor',
    doctor.stdout,
    (line, at) => at < 4 || isNear(at) || isMessage(at) || line.includes('errors '),
  );
  await draw('show', `dan show ${sandbox}`, show.stdout, (line) => !/^ {10}/.test(line));
}

async function ofDemo(): Promise<void> {
  const { stdout } = await execa('node', ['integration/demo/main.ts'], { cwd: root, preferLocal: true });
  await draw('demo', 'npm run demo', stdout, (line) => !/^ {7}/.test(line));
}

await ofNode();
await ofDemo();
