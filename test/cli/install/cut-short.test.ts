import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { fillingDirectory, performAll } from '../../../src/cli/install/perform.ts';
import type { Step } from '../../../src/cli/install/step.ts';
import { MadeUpNode } from './made-up-node.ts';

const words = ['--config', 'host-tap'];
const newer = ['--config', 'host-tap-static'];

interface Moment {
  readonly what: string;
  /** The complete installation before. */
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[];
  readonly steps: number;
}

/** Every number of steps after which a first or a later installation may be cut short. */
const moments: readonly Moment[] = [
  { what: 'the first installation', before: undefined, after: words, count: 7 },
  { what: 'a later installation', before: words, after: newer, count: 5 },
].flatMap(({ count, ...one }) => Array.from({ length: count }, (_, steps) => ({ ...one, steps })));

async function cutShort({ before, after, steps: count }: Moment): Promise<MadeUpNode> {
  const node = MadeUpNode.withKata();
  if (before !== undefined) {
    await node.run('install', ...before);
    node.build('a newer executable');
  }
  const { stdout } = await node.run('install', ...after, '--dry-run', '--json');
  const { steps } = JSON.parse(stdout) as { steps: readonly Step[] };
  expect(count).toBeLessThanOrEqual(steps.length);
  const { executable } = node.terminal({ stdout: '', stderr: '' });
  performAll(steps.slice(0, count), { tree: { root: node.root }, executable });
  // A writer that is killed leaves a temporary file in the same directory.
  const next = steps[count];
  if (next?.do === 'write') {
    writeFileSync(node.at(join(fillingDirectory(next.path), `.${basename(next.path)}.0123456789ab.tmp`)), 'ha');
  }
  return node;
}

it.each(moments)('$what, cut short after $steps steps, is taken up again', async (moment) => {
  using node = await cutShort(moment);
  expect(await node.run('install', ...moment.after)).toMatchObject({ exitCode: 0, stderr: '' });
  using whole = MadeUpNode.withKata();
  if (moment.before !== undefined) whole.build('a newer executable');
  await whole.run('install', ...moment.after);
  expect(node.everything()).toEqual(whole.everything());
});

it.each(moments)('$what, cut short after $steps steps, is undone', async (moment) => {
  using untouched = MadeUpNode.withKata();
  using node = await cutShort(moment);
  expect(await node.run('uninstall')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(node.everything()).toEqual(untouched.everything());
});

it('a step that fails says what was done before; without its cause the same command continues from there', async () => {
  using node = new MadeUpNode({ '/etc/cni': 'a file where a directory belongs' });
  mkdirSync(node.at('/var/lib'), { recursive: true });
  const line = ['--config', 'host-tap', '--conf-dir', '/etc/cni/kata.d'];
  const { exitCode, stdout, stderr } = await node.run('install', ...line);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('/etc/cni is not a directory');
  expect(stderr).toContain('write /opt/cni/bin/dan; the same command continues from there');
  expect(node.read('/opt/cni/bin/dan')).toBe('an executable');
  expect(await node.run('uninstall')).toMatchObject({ exitCode: 0 });
  expect(Object.keys(node.everything())).toEqual(['/etc', '/etc/cni', '/var', '/var/lib']);
});
