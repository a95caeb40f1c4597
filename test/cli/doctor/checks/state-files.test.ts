import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { find, findAll } from '../made-up-facts.ts';
import { MadeUpNode } from '../made-up-node.ts';

const danConf = '/run/kata-containers/dans';
const records = '/run/dan/attachments';
const sound = JSON.stringify({ netns: null, devices: [] });

/** A node with a directory of DAN files and the files in it, all with the modes that dan gives them. */
function nodeWith(files: Readonly<Record<string, string>>): MadeUpNode {
  const node = new MadeUpNode();
  for (const directory of [danConf, records]) mkdirSync(join(node.root, directory), { recursive: true, mode: 0o700 });
  node.write(files);
  for (const path of Object.keys(files)) chmodSync(join(node.root, path), 0o600);
  return node;
}

async function findIn(node: MadeUpNode, id: string) {
  return find(id, await node.look());
}

test('a node in order has no finding, and neither has one without anything', async () => {
  using node = nodeWith({ [`${danConf}/sandbox-1.json`]: sound, [`${records}/dan0123456789a.json`]: '{}' });
  using empty = new MadeUpNode();
  for (const one of [node, empty]) {
    const facts = await one.look();
    expect(findAll('state-', facts)).toEqual([]);
  }
});

describe('a directory', () => {
  test('that others may write to is refused by ADD', async () => {
    using node = nodeWith({});
    chmodSync(join(node.root, danConf), 0o777);
    expect(await findIn(node, 'state-directory')).toMatchObject([
      { severity: 'error', seen: `${danConf} can be written to by others`, cure: `"chmod go-w ${danConf}"` },
    ]);
    // One finding is enough.
    expect(await findIn(node, 'state-mode')).toEqual([]);
  });

  test('that others may look into has the wrong mode', async () => {
    using node = nodeWith({});
    chmodSync(join(node.root, danConf), 0o755);
    expect(await findIn(node, 'state-directory')).toEqual([]);
    expect(await findIn(node, 'state-mode')).toMatchObject([
      { severity: 'warning', seen: `${danConf} has the mode 0755 instead of 0700`, cure: `"chmod 0700 ${danConf}"` },
    ]);
  });

  test('that is a link is refused by ADD', async () => {
    using node = new MadeUpNode();
    mkdirSync(join(node.root, '/run/kata-containers'), { recursive: true });
    symlinkSync('/var/dans', join(node.root, danConf));
    expect(await findIn(node, 'state-directory')).toMatchObject([
      { severity: 'error', seen: `${danConf} is a symbolic link` },
    ]);
  });

  test('that a network names is looked at', async () => {
    using node = nodeWith({
      '/etc/cni/net.d/10-dan.conflist': JSON.stringify({
        cniVersion: '1.0.0',
        name: 'pods',
        plugins: [{ type: 'dan', bridge: 'br0', danConf: '/run/own' }],
      }),
      '/run/own/sandbox-1.json': 'no JSON',
    });
    chmodSync(join(node.root, '/run/own'), 0o750);
    expect((await findIn(node, 'state-mode')).map(({ seen }) => seen)).toEqual([
      '/run/own has the mode 0750 instead of 0700',
    ]);
    expect(await findIn(node, 'state-unreadable-file')).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('/run/own/sandbox-1.json') },
    ]);
  });
});

test('a file that others may read has the wrong mode', async () => {
  using node = nodeWith({ [`${danConf}/sandbox-1.json`]: sound });
  chmodSync(join(node.root, danConf, 'sandbox-1.json'), 0o644);
  expect(await findIn(node, 'state-mode')).toMatchObject([{ cure: `"chmod 0600 ${danConf}/sandbox-1.json"` }]);
});

test.each([['{"devices":'], ['[]'], ['{"devices":[1]}']])('a DAN file with %s cannot be read', async (text) => {
  using node = nodeWith({ [`${danConf}/sandbox-1.json`]: text });
  const [found] = await findIn(node, 'state-unreadable-file');
  expect(found).toMatchObject({ severity: 'error', cure: expect.stringContaining(`rm ${danConf}/sandbox-1.json`) });
});

test('a record that is cut off cannot be read', async () => {
  using node = nodeWith({ [`${records}/dan0123456789a.json`]: '{"format":1,' });
  const [found] = await findIn(node, 'state-unreadable-record');
  expect(found).toMatchObject({
    severity: 'warning',
    seen: expect.stringContaining('dan0123456789a.json is not JSON'),
  });
  expect(found?.cure).toContain('dan list --orphans');
});

test('what a writer left that was killed is noted', async () => {
  using node = nodeWith({ [`${danConf}/.sandbox-1.json.tmp`]: '{', [`${records}/.dan0123456789a.sandbox-1.tmp`]: '' });
  expect(await findIn(node, 'state-temporary')).toMatchObject([
    { severity: 'note', cure: expect.stringContaining(`rm ${danConf}/.sandbox-1.json.tmp`) },
    { severity: 'note', cure: expect.stringContaining(`rm ${records}/.dan0123456789a.sandbox-1.tmp`) },
  ]);
});
