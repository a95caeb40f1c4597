import { expect, test } from 'vitest';
import { hostLocal, networkConfig } from '../host-tap/network.ts';
import { OvsNode, portOf } from './node.ts';

const count = 50;

test(`${count} attachments at once: all are there, none twice, and then none`, async () => {
  await using node = await OvsNode.create({ userspaceTso: true });
  const before = await node.traces();
  const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal, vlan: 20 });
  const sandboxes = Array.from({ length: count }, (_, at) => `sandbox-${at}`);
  for (const sandbox of sandboxes) await node.host.podNetns(sandbox);
  const netnsOf = (sandbox: string): string => `/run/netns/${sandbox}`;

  const added = await Promise.all(
    sandboxes.map((sandbox) => node.must('ADD', config, { sandbox, netns: netnsOf(sandbox) })),
  );
  const ports = added.map(portOf);
  expect(new Set(ports).size).toBe(count);
  expect((await node.ovs.vsctl('list-ports', 'br0')).split('\n').sort()).toEqual([...ports].sort());
  const numbers = await node.ovs.vsctl(
    '--bare',
    '--columns=ofport',
    'find',
    'Interface',
    'external_ids:dan-network=kata-net',
  );
  expect(new Set(numbers.split(/\n+/)).size).toBe(count);
  const addresses = added.map(({ json }) => (json['ips'] as { address: string }[])[0]!.address);
  expect(new Set(addresses).size).toBe(count);

  await Promise.all(sandboxes.map((sandbox) => node.must('DEL', config, { sandbox, netns: netnsOf(sandbox) })));
  for (const sandbox of sandboxes) await node.host.sh(`ip netns del ${sandbox}`);
  expect(await node.traces()).toEqual(before);
});
