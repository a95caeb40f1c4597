import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { OvsNode } from './node.ts';

interface Shipped {
  readonly file: string;
  /** What an administrator has done before, in addition to making the bridge br0. */
  readonly prepare: (node: OvsNode) => Promise<unknown>;
  /** What somebody else does when there is a socket to connect to. */
  readonly connect?: (node: OvsNode, socketPath: string) => Promise<unknown>;
}

const shipped: readonly Shipped[] = [
  { file: 'ovs-host-tap-vlan', prepare: ({ ovs }) => ovs.vsctl('set', 'Port', 'br0', 'tag=20') },
  { file: 'ovs-vhost-user', prepare: () => Promise.resolve() },
  {
    file: 'vhost-user-foreign-switch',
    prepare: () => Promise.resolve(),
    connect: ({ ovs }, path) => {
      const columns = ['type=dpdkvhostuserclient', `options:vhost-server-path=${path}`];
      return ovs.vsctl('add-port', 'br0', 'foreign0', '--', 'set', 'Interface', 'foreign0', ...columns);
    },
  },
];

test.each(shipped)('cni-conf/$file works as it is', async ({ file, prepare, connect }) => {
  const text = readFileSync(new URL(`../../cni-conf/${file}.conflist`, import.meta.url), 'utf8');
  const { name, plugins } = JSON.parse(text) as { name: string; plugins: readonly [{ ipam: object }] };
  const config = { cniVersion: '1.1.0', name, ...plugins[0] };
  const [, gateway] = /"gateway":"([0-9.]+)"/.exec(JSON.stringify(config.ipam)) ?? [];
  await using node = await OvsNode.create({ dpdk: 'no-huge', userspaceTso: true });
  await node.host.sh(`ip address add ${gateway ?? ''}/16 dev br0`);
  await prepare(node);
  const before = await node.traces();

  await node.must('STATUS', config);
  const { json } = await node.must('ADD', config);
  const { socketPath } = (json['interfaces'] as { socketPath?: string }[]).at(-1)!;
  await connect?.(node, socketPath ?? '');
  {
    await using guest = await bootFromFile({ host: node.host, file: '/run/kata-containers/dans/sandbox-1.json' });
    await guest.text(`ping -c 2 -W 5 ${gateway ?? ''}`);
    const [{ address }] = json['ips'] as [{ address: string }];
    await node.host.sh(`ping -c 2 -i 0.2 -W 5 ${address.replace('/16', '')}`);
  }
  await node.must('CHECK', { ...config, prevResult: json });
  await node.must('DEL', config);
  if (connect !== undefined) await node.ovs.vsctl('del-port', 'foreign0');
  expect(await node.traces()).toEqual(before);
});
