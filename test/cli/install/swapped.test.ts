import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { system } from '#system';
import { expect, it, vi } from 'vitest';
import { performAll } from '../../../src/cli/install/perform.ts';
import type { Step } from '../../../src/cli/install/step.ts';
import { MadeUpNode } from './made-up-node.ts';

// The path's links have been resolved; then somebody replaces one of its directories before the file is written.
it.each([
  ['the directory of plugins', '/opt/cni/bin', /bin is a symbolic link/],
  ['one above it', '/opt/cni', /became a link to .*outside.* at this time/],
])('%s that becomes a link after its path was followed leads no file elsewhere', async (_what, path, why) => {
  using node = MadeUpNode.withKata();
  const { stdout } = await node.run('install', '--config', 'host-tap', '--dry-run', '--json');
  const { steps } = JSON.parse(stdout) as { steps: readonly Step[] };
  const outside = join(node.root, '..', 'outside');
  mkdirSync(join(outside, 'bin'), { recursive: true });
  const follow = system.readlink.bind(system);
  let isSwapped = false;
  const readlink = vi.spyOn(system, 'readlink').mockImplementation((target) => {
    if (target === node.at('/opt/cni/bin/dan') && !isSwapped) {
      isSwapped = true;
      renameSync(node.at(path), `${node.at(path)}.real`);
      symlinkSync(outside, node.at(path));
    }
    return follow(target);
  });
  try {
    const carryOut = (): void => {
      performAll(steps, { tree: { root: node.root }, executable: '/proc/self/exe' });
    };
    expect(carryOut).toThrow(why);
  } finally {
    readlink.mockRestore();
  }
  expect(isSwapped).toBe(true);
  expect(readdirSync(outside, { recursive: true })).toEqual(['bin']);
});
