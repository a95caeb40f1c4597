import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { writeInside } from '../harness/install.ts';
import { Cluster } from './cluster.ts';
import { installDan } from './dan.ts';
import { nothingLeft } from './leftovers.ts';
import type { Node } from './node.ts';
import { kataPod, runtimeClass } from './pods.ts';

let cluster: Cluster;
let node: Node;

beforeAll(async () => {
  cluster = await Cluster.start();
  node = cluster.node('n1');
  await installDan(cluster);
  await startRetries();
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

interface Event {
  readonly message: string;
  readonly count?: number;
}

/** The events in `kubectl describe pod` about sandboxes that could not be made. */
async function events(pod: string): Promise<readonly Event[]> {
  const about = `involvedObject.name=${pod},reason=FailedCreatePodSandBox`;
  return (await cluster.kubectl.get<{ items: readonly Event[] }>('events', '--field-selector', about)).items;
}

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

/** The number of times that each pod's sandbox could not be made, by its events. */
function triesOf(all: readonly Event[]): number {
  return all.reduce((sum, { count = 1 }) => sum + count, 0);
}

/**
 * Starts a pod whose ADD fails once it has an address: of a handler of its own, so that it is tried again beside the other
 * rows. The kubelet waits ten seconds or more between two tries.
 */
async function startRetries(): Promise<void> {
  const beyond = { ...ipam, ranges: [[{ subnet: '10.95.0.0/24' }]], routes: [{ dst: '10.0.0.0/8', gw: '10.96.0.1' }] };
  const list = { cniVersion: '1.0.0', name: 'retried', plugins: [{ ...hostTap, ipam: beyond }] };
  await writeInside(node.host, '/etc/cni/net.d/00-retried.conflist', JSON.stringify(list));
  await cluster.kubectl.apply(runtimeClass('kata-multus'), kataPod({ name: 'retried', runtimeClass: 'kata-multus' }));
}

/** A list, which takes precedence over the DaemonSet's, and the text of the event. */
test.each([
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
    before: 'echo other >/var/lib/cni/networks/full-range/10.94.0.1',
    says: ['no IP addresses available'],
  },
  {
    name: 'twice',
    plugins: [bridge, tcfilter, tcfilter],
    says: ['"dan" is twice in the list of plugins', 'remove one of them'],
  },
  { name: 'nothing-before', plugins: [tcfilter], says: ['put dan behind one in the list of plugins'] },
])('an ADD that fails ($name) says in an event what to do, and its retries leave nothing', async (row) => {
  const { name, plugins, says } = row;
  const file = `/etc/cni/kata.d/00-${name}.conflist`;
  if ('before' in row) await node.host.sh(`mkdir -p /var/lib/cni/networks/${name}; ${row.before}`);
  await writeInside(node.host, file, JSON.stringify({ cniVersion: '1.0.0', name, plugins }));
  try {
    await cluster.kubectl.apply(kataPod({ name }));
    const told = async (): Promise<string | undefined> => {
      const all = await events(name);
      return triesOf(all) >= 2 ? all.map(({ message }) => message).join('\n') : undefined;
    };
    const message = await eventually('a second event of the pod', told, { seconds: 200 });
    for (const words of says) expect(message).toContain(words);
  } finally {
    // Otherwise the next row would use this list.
    await node.host.sh(`rm ${file}`);
  }
  await cluster.kubectl.run('delete', 'pod', name, '--wait=false');
  await nothingLeft(node);
});

test('an ADD that fails after it got an address leaves nothing in twenty tries', async () => {
  const tried = async (): Promise<string | undefined> => {
    const all = await events('retried');
    return triesOf(all) >= 20 ? all[0]?.message : undefined;
  };
  const message = await eventually('twenty tries', tried, { seconds: 360 });
  expect(message).toContain('has the gateway 10.96.0.1, to which nothing leads');
  const reserved = 'cd /var/lib/cni/networks/retried; find . -type f ! -name lock ! -name "last_reserved_ip.*"';
  await cluster.kubectl.run('delete', 'pod', 'retried', '--wait=false');
  await nothingLeft(node);
  expect(await node.host.sh(reserved)).toBe('');
});
