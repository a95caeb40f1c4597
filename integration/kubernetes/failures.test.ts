import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeInside } from '../harness/install.ts';
import { Cluster } from './cluster.ts';
import { installDan } from './dan.ts';
import { refusals } from './events.ts';
import { nothingLeft } from './leftovers.ts';
import type { Node } from './node.ts';
import { networkDirectory } from './node-configuration.ts';
import { kataPod, runtimeClass } from './pods.ts';

// Pods whose ADD fails, all of them started at once: the kubelet waits ten seconds or more between two tries of a pod.
// Each row has a handler with a network of its own, so that the pods do not depend on each other.

const ipam = { type: 'host-local', ranges: [[{ subnet: '10.91.0.0/24' }]], routes: [{ dst: '0.0.0.0/0' }] };
const hostTap = { type: 'dan', device: 'host-tap', bridge: 'br0', ipam };
const bridge = {
  type: 'bridge',
  bridge: 'cni9',
  isGateway: true,
  ipMasq: true,
  ipam: { ...ipam, ranges: [[{ subnet: '10.92.0.0/24' }]] },
};
const tcfilter = { type: 'dan', device: 'tcfilter' };

/** The plugins of a handler's network, and the text of the events of its pod. */
const rows = [
  { name: 'no-bridge', plugins: [{ ...hostTap, bridge: 'br9' }], says: ['br9', 'ip link add br9 type bridge'] },
  { name: 'unknown-key', plugins: [{ ...hostTap, brigde: 'br0' }], says: ['brigde', 'bridge'] },
  {
    name: 'no-ipam-plugin',
    plugins: [{ ...hostTap, ipam: { type: 'whereabouts', range: '10.93.0.0/24' } }],
    says: ['"whereabouts" cannot be run: it is not in /opt/cni/bin; install it there'],
  },
  {
    name: 'full-range',
    plugins: [
      {
        ...hostTap,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: '10.94.0.0/30', rangeStart: '10.94.0.1', rangeEnd: '10.94.0.1', gateway: '10.94.0.2' }]],
        },
      },
    ],
    says: ['no IP addresses available'],
  },
  {
    name: 'twice',
    plugins: [bridge, tcfilter, tcfilter],
    says: ['"dan" is twice in the list of plugins', 'remove one of them'],
  },
  { name: 'nothing-before', plugins: [tcfilter], says: ['put dan behind one in the list of plugins'] },
];

/** A network whose ADD fails once the pod has an address: the answer of its IPAM plugin has two ways to one place. */
const twoWays = ['10.95.0.2', '10.95.0.3'].map((gw) => ({ dst: '10.0.0.0/8', gw }));
const late = {
  name: 'late',
  plugins: [{ ...hostTap, ipam: { ...ipam, ranges: [[{ subnet: '10.95.0.0/24' }]], routes: twoWays } }],
};
const latePods = ['late-1', 'late-2', 'late-3', 'late-4'];

let cluster: Cluster;
let node: Node;

beforeAll(async () => {
  const networks = [...rows, late];
  cluster = await Cluster.start({ handlers: networks.map(({ name }) => name) });
  node = cluster.node('n1');
  // The plugin alone: the networks are those of the rows.
  await installDan(cluster, 'deploy/multus');
  for (const { name, plugins } of networks) {
    const list = JSON.stringify({ cniVersion: '1.0.0', name, plugins });
    await writeInside(node.host, `${networkDirectory(name)}/10-${name}.conflist`, list);
  }
  await writeInside(node.host, '/var/lib/cni/networks/full-range/10.94.0.1', 'other');
  await cluster.kubectl.apply(
    ...networks.map(({ name }) => runtimeClass(name)),
    ...latePods.map((name) => kataPod({ name, runtimeClass: late.name })),
    ...rows.map(({ name }) => kataPod({ name, runtimeClass: name })),
  );
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

test.each(rows)('an ADD that fails ($name) says in an event what to do', async ({ name, says }) => {
  const message = await refusals(cluster, name, 2);
  for (const words of says) expect(message).toContain(words);
});

test('an ADD that fails after it got an address says so at each of twenty tries', async () => {
  for (const pod of latePods) {
    const message = await refusals(cluster, pod, 20 / latePods.length);
    expect(message).toContain('a guest gets one to a destination: leave one out');
  }
});

test('all these tries leave nothing', async () => {
  await cluster.kubectl.run('delete', 'pods', '--all', '--wait=false');
  await nothingLeft(node);
  const reserved =
    'cd /var/lib/cni/networks; find . -type f ! -name lock ! -name "last_reserved_ip.*" ! -path "./pods/*"';
  expect(await node.host.sh(reserved)).toBe('./full-range/10.94.0.1');
});
