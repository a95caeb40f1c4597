import { expect, test } from 'vitest';
import { blocksOf } from '../../test/docs/blocks.ts';
import { traces } from '../harness/traces.ts';
import { OpenVSwitch } from '../ovs/open-vswitch.ts';
import { DocumentedNode } from './documented-node.ts';

// A newcomer's way: the steps that all guides need, then one page, word for word, on a node without dan.
const before = blocksOf('docs/guides/README.md');

test.each([
  'README.md',
  'docs/guides/bridge.md',
  'docs/guides/behind-another-plugin.md',
  'docs/guides/multus.md',
  'docs/guides/without-cni.md',
])('%s works as it is written', async (page) => {
  await using node = await DocumentedNode.create();
  const clean = await traces(node.host);
  await node.follow([...before, ...blocksOf(page)]);
  if (page !== 'README.md') expect(await traces(node.host)).toEqual(clean);
});

test('docs/guides/open-vswitch.md works as it is written', async () => {
  await using node = await DocumentedNode.create();
  await using _ovs = await OpenVSwitch.start(node.host, { userspaceTso: true });
  await node.follow([...before, ...blocksOf('docs/guides/open-vswitch.md')]);
});

test('docs/guides/open-vswitch-dpdk.md works as it is written', async () => {
  await using node = await DocumentedNode.create();
  await using _ovs = await OpenVSwitch.start(node.host, { dpdk: 'no-huge', userspaceTso: true });
  await node.follow([...before, ...blocksOf('docs/guides/open-vswitch-dpdk.md')]);
});
