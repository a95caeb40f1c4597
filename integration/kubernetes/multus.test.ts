import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import type { Cluster } from './cluster.ts';
import { DevicePlugin } from './device-plugin.ts';
import { refusals } from './events.ts';
import { nothingLeft } from './leftovers.ts';
import { allocations, definition, multusPod, networksOf, startMultusCluster } from './multus.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startMultusCluster();
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

/** A network with addresses that no other pod of the tests has. */
const shared = { name: 'dan-whereabouts' };

async function allGone(): Promise<void> {
  await cluster.kubectl.run('delete', 'pods', '-l', 'app=multus');
  for (const node of cluster.nodes) await nothingLeft(node);
}

/** The addresses of the pods on their second networks. */
async function secondAddresses(pods: readonly string[]): Promise<readonly string[]> {
  const statuses = await Promise.all(pods.map((pod) => networksOf(cluster, pod)));
  return statuses.map(([, second]) => second?.ips?.[0] ?? '');
}

/** The files and links of a node, without those of pods. */
async function stateOf(node: string): Promise<string> {
  return await cluster.node(node).host.sh(`
    find /etc /opt /usr/local /var/lib/dan -type f -exec sha256sum {} + | sort -k 2
    ip -o link show | sed -n -E 's/^[0-9]+: ([^:@]*).*/\\1/p' | grep -v ^veth | sort`);
}

test('a pod with two networks has the MAC and the address that its annotation asks for, where the network allows it', async () => {
  const asks = { mac: '02:23:45:67:89:01', ips: ['10.21.0.7/24'] };
  const keys = { defaultRoute: false, capabilities: { mac: true, ips: true }, ipam: { type: 'static' } };
  await cluster.kubectl.apply(
    definition('asked', keys),
    multusPod({ name: 'two', node: 'n1', further: [{ name: 'asked', ...asks }], guest: true }),
  );
  await cluster.kubectl.wait('condition=Ready', ['pod/two']);
  const [first, second] = await networksOf(cluster, 'two');
  expect(first).toMatchObject({ name: 'kube-system/dan-host-tap' });
  expect(second).toMatchObject({ name: 'kube-system/asked', interface: 'net1', mac: asks.mac, ips: ['10.21.0.7'] });
  const shown = await cluster.kubectl.run('exec', 'two', '--', 'ip', 'address', 'show', 'net1');
  expect(shown).toContain(`link/ether ${asks.mac}`);
  expect(shown).toContain('inet 10.21.0.7/24');
  await allGone();
});

test('a tenant’s annotations change neither what the network gives a pod nor the node', async () => {
  const gateway = '10.88.0.1';
  const mac = '02:23:45:67:89:02';
  const path = '../../../../etc/tenant';
  const asks = {
    ...{ mac, ips: [`${gateway}/16`], deviceID: '0000:00:1f.0', 'infiniband-guid': '02:23:45:67:89:02:03:04' },
    portMappings: [{ hostPort: 8082, containerPort: 80, protocol: 'tcp' }],
    bandwidth: { ingressRate: 1, ingressBurst: 1, egressRate: 1e15, egressBurst: 1e15 },
    'cni-args': {
      ...{ mac, ips: [`${gateway}/16`], addresses: [`${gateway}/16`], podMaySet: ['mac', 'ips'] },
      ...{ vhostUserSocket: path, socketPath: path, socketDir: '/etc', danConf: '/etc', logFile: '/etc/tenant' },
      ...{ bridge: 'lan', device: 'macvtap', ipam: { type: path }, type: path, name: path },
    },
  };
  const annotations = { 'kubernetes.io/ingress-bandwidth': '1k', 'kubernetes.io/egress-bandwidth': '1P' };
  const refused = {
    'path-as-name': { asks: { name: '../../etc/passwd' }, says: `invalid resource name "../../etc/passwd"` },
    'path-as-interface': { asks: { ...shared, interface: '../../x' }, says: 'interface name contains /' },
    'long-interface': { asks: { ...shared, interface: 'longer-than-fifteen' }, says: 'interface name is too long' },
    'interface-twice': { asks: { ...shared, interface: 'eth0' }, says: 'the name "eth0" is taken' },
  };
  const before = await stateOf('n1');
  await cluster.kubectl.apply(
    multusPod({ name: 'asks', node: 'n1', further: [{ ...shared, ...asks }], annotations }),
    ...Object.entries(refused).map(([name, row]) => multusPod({ name, node: 'n1', further: [row.asks] })),
  );
  await cluster.kubectl.wait('condition=Ready', ['pod/asks']);
  const [, second] = await networksOf(cluster, 'asks');
  expect(second?.ips).toHaveLength(1);
  expect(second?.ips).not.toContain(gateway);
  expect(second?.mac).not.toBe(mac);
  for (const [name, { says }] of Object.entries(refused)) expect(await refusals(cluster, name)).toContain(says);
  await allGone();
  expect(await stateOf('n1')).toBe(before);
});

test('the function that a device plugin gives to a pod reaches dan; a device that is none ignores it', async () => {
  const resource = 'example.com/kata_functions';
  const functions = ['0000:5e:02.1', '0000:5e:02.2'];
  using _plugin = await DevicePlugin.announce(cluster.node('n1'), resource, functions);
  const keys = { ipam: { type: 'host-local', ranges: [[{ subnet: '10.22.0.0/24' }]] } };
  await cluster.kubectl.apply(definition('tap', keys, { 'k8s.v1.cni.cncf.io/resourceName': resource }));
  const count = String.raw`jsonpath={.status.allocatable.example\.com/kata_functions}=2`;
  await cluster.kubectl.wait(count, ['node/n1'], 60);
  const container = { resources: { requests: { [resource]: '1' }, limits: { [resource]: '1' } } };
  await cluster.kubectl.apply(
    multusPod({ name: 'with-function', first: 'dan-vfio', container }),
    multusPod({ name: 'with-tap', first: 'tap', container }),
  );
  await cluster.kubectl.wait('condition=Ready', ['pod/with-tap']);
  expect(await refusals(cluster, 'with-function')).toMatch(/there is no PCI function 0000:5e:02\.[12] on this node/);
  await allGone();
});

test('the default route is by the second network if the first leaves it out, and not by an annotation', async () => {
  const range = (subnet: string): object => ({
    ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
  });
  await cluster.kubectl.apply(
    definition('inner', { ...range('10.23.0.0/24'), defaultRoute: false }),
    definition('outer', range('10.24.0.0/24')),
    multusPod({ name: 'routed', node: 'n1', first: 'inner', further: [{ name: 'outer' }], guest: true }),
    multusPod({ name: 'annotated', first: 'inner', further: [{ name: 'outer', 'default-route': ['10.24.0.1'] }] }),
  );
  await cluster.kubectl.wait('condition=Ready', ['pod/routed']);
  expect(await cluster.kubectl.run('exec', 'routed', '--', 'ip', 'route', 'show', 'default')).toMatch(
    /^default via 10\.24\.0\.1 dev net1\b.*\n$/,
  );
  expect(await refusals(cluster, 'annotated')).toContain('SetDefaultGW: Error getting link Link not found');
  await allGone();
});

test('whereabouts gives no address twice on two nodes, and takes all of them back', async () => {
  const pods = Array.from({ length: 10 }, (_, at) => `shared-${at}`);
  await cluster.kubectl.apply(
    ...pods.map((name, at) => multusPod({ name, node: `n${1 + (at % 2)}`, further: [shared], guest: at < 2 })),
  );
  await cluster.kubectl.wait('condition=Ready', ['pod', '-l', 'app=multus'], 300);
  const ips = await secondAddresses(pods);
  expect(new Set(ips).size).toBe(pods.length);
  // From a guest on one node to a guest on the other, over both bridges.
  const ping = ['ping', '-c', '1', '-W', '5', '-I', 'net1', ips[1] ?? ''];
  expect(await cluster.kubectl.run('exec', 'shared-0', '--', ...ping)).toContain('1 packets received');
  await allGone();
  expect(await allocations(cluster)).toEqual([{}]);
});

test('a node that dies keeps the addresses of its pods until it is back', async () => {
  const { kubectl } = cluster;
  const node = cluster.node('n2');
  const start = async (pods: readonly string[], on: string): Promise<void> => {
    await kubectl.apply(...pods.map((name) => multusPod({ name, node: on, further: [shared] })));
    await kubectl.wait('condition=Ready', namesOf(pods));
  };
  const old = ['old-0', 'old-1', 'old-2', 'old-3'];
  await start(old, node.name);
  const lost = await secondAddresses(old);
  await node.switchOff();
  await kubectl.wait('condition=Ready=Unknown', [`node/${node.name}`]);
  const fresh = ['new-0', 'new-1', 'new-2', 'new-3'];
  await start(fresh, 'n1');
  expect(new Set([...lost, ...(await secondAddresses(fresh))]).size).toBe(8);
  // The operator does not wait for this one.
  await kubectl.run('delete', 'pod', 'old-0', '--force', '--grace-period=0');
  await node.switchOn();
  await kubectl.wait('condition=Ready', [`node/${node.name}`]);
  const back = old.slice(1);
  await kubectl.wait('condition=Ready', namesOf(back));
  const late = ['new-4', 'new-5'];
  await start(late, node.name);
  const all = [...back, ...fresh, ...late];
  expect(new Set(await secondAddresses(all)).size).toBe(all.length);
  await allGone();
  // Its sandbox is from before: the kubelet removes it some time after the node is back.
  const empty = async (): Promise<true> => {
    expect(await allocations(cluster)).toEqual([{}]);
    return true;
  };
  await eventually('a pool without the address of the pod that was given up', empty, { seconds: 180 });
});

function namesOf(pods: readonly string[]): readonly string[] {
  return pods.map((pod) => `pod/${pod}`);
}

test('the API server takes every manifest of deploy/', async () => {
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const dryRun = ['apply', '--dry-run=server', '--validate=strict'];
  for (const path of globSync('deploy/**/kustomization.yaml', { cwd, exclude: ['deploy/image/**'] })) {
    await cluster.kubectl.run(...dryRun, '-k', dirname(path));
  }
  const others = ['deploy/runtimeclass.yaml', 'deploy/examples/*.yaml', 'deploy/multus/*.yaml'];
  for (const path of globSync(others, { cwd, exclude: ['**/kustomization.yaml'] })) {
    await cluster.kubectl.run(...dryRun, '-f', path);
  }
  // A chart of somebody's own can have them as they are.
  expect(await cluster.kubectl.run('kustomize', 'deploy/')).not.toContain('{{');
});
