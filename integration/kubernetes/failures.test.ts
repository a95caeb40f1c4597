import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { writeInside } from '../harness/install.ts';
import { Cluster } from './cluster.ts';
import { installDan } from './dan.ts';
import { nothingLeft } from './leftovers.ts';
import type { Node } from './node.ts';
import { kataPod } from './pods.ts';

let cluster: Cluster;
let node: Node;

beforeAll(async () => {
  cluster = await Cluster.start();
  node = cluster.node('n1');
  await installDan(cluster);
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
      const tries = all.reduce((sum, { count = 1 }) => sum + count, 0);
      return tries >= 2 ? all.map(({ message }) => message).join('\n') : undefined;
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
