import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../clients/programs.ts';
import { Cluster } from './cluster.ts';
import { installDan, rollout } from './dan.ts';
import { whereabouts } from './images.ts';
import type { KubernetesObject } from './kubectl.ts';
import { nothingLeft } from './leftovers.ts';
import { kataPod, type Pod, runtimeClass } from './pods.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ nodes: 2, images: ['multus', 'whereabouts'] });
  const { kubectl } = cluster;
  // The plugins' own manifests, from the modules from which the programs are built.
  await kubectl.run('apply', '-f', program('multus', 'multus-daemonset.yml'));
  for (const file of ['whereabouts.cni.cncf.io_ippools', 'whereabouts.cni.cncf.io_overlappingrangeipreservations']) {
    await kubectl.run('apply', '-f', program('whereabouts', `${file}.yaml`));
  }
  const manifest = await readFile(program('whereabouts', 'daemonset-install.yaml'), 'utf8');
  const ours = `${cluster.directory}/whereabouts.yaml`;
  await writeFile(ours, manifest.replace('ghcr.io/k8snetworkplumbingwg/whereabouts:latest', whereabouts));
  await kubectl.run('apply', '-f', ours);
  await installDan(cluster, 'deploy/multus');
  await kubectl.apply(runtimeClass('kata-multus'));
  await rollout(kubectl, 'kube-multus-ds');
  await rollout(kubectl, 'whereabouts');
  for (const file of ['host-tap', 'host-tap-vlan', 'whereabouts']) {
    await kubectl.run('apply', '-f', `deploy/multus/${file}.yaml`);
  }
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

/** Multus's status of a pod's network. */
interface NetworkStatus {
  readonly name: string;
  readonly interface: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

async function networksOf(name: string): Promise<readonly NetworkStatus[]> {
  const { metadata } = await cluster.kubectl.get<Pod>('pod', name);
  return JSON.parse(metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'] ?? '[]') as readonly NetworkStatus[];
}

function multusPod(name: string, node: string, networks: unknown, guest = false): KubernetesObject {
  const annotations = {
    'v1.multus-cni.io/default-network': 'kube-system/dan-host-tap',
    'k8s.v1.cni.cncf.io/networks': JSON.stringify(networks),
  };
  return kataPod({ name, app: 'multus', node, runtimeClass: 'kata-multus', annotations, guest });
}

async function allGone(): Promise<void> {
  await cluster.kubectl.run('delete', 'pods', '-l', 'app=multus');
  for (const node of cluster.nodes) await nothingLeft(node);
}

test('a pod with two networks has the MAC and the address that its annotation asks for, where the network allows it', async () => {
  const asks = { mac: '02:23:45:67:89:01', ips: ['10.21.0.7/24'] };
  const config = {
    cniVersion: '1.0.0',
    name: 'asked',
    plugins: [
      {
        type: 'dan',
        device: 'host-tap',
        bridge: 'br0',
        defaultRoute: false,
        capabilities: { mac: true, ips: true },
        ipam: { type: 'static' },
      },
    ],
  };
  await cluster.kubectl.apply({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'asked', namespace: 'kube-system' },
    spec: { config: JSON.stringify(config) },
  });
  const network = { namespace: 'kube-system', interface: 'net1', ...asks };
  // The shipped network allows neither of them.
  const ignored = { name: 'dan-whereabouts', ...network, interface: 'net2' };
  const pod = multusPod('two', 'n1', [{ name: 'asked', ...network }], true);
  await cluster.kubectl.apply(pod, multusPod('ignored', 'n2', [ignored]));
  await cluster.kubectl.wait('condition=Ready', ['pod/two', 'pod/ignored']);
  const [first, second] = await networksOf('two');
  expect(first).toMatchObject({ name: 'kube-system/dan-host-tap' });
  expect(second).toMatchObject({ name: 'kube-system/asked', interface: 'net1', mac: asks.mac, ips: ['10.21.0.7'] });
  const shown = await cluster.kubectl.run('exec', 'two', '--', 'ip', 'address', 'show', 'net1');
  expect(shown).toContain(`link/ether ${asks.mac}`);
  expect(shown).toContain('inet 10.21.0.7/24');
  const [, other] = await networksOf('ignored');
  expect(other?.mac).not.toBe(asks.mac);
  expect(other?.ips).not.toContain('10.21.0.7');
  await allGone();
});

test('whereabouts gives no address twice on two nodes, and takes all of them back', async () => {
  const networks = [{ name: 'dan-whereabouts', namespace: 'kube-system', interface: 'net1' }];
  const names = Array.from({ length: 10 }, (_, at) => `shared-${at}`);
  await cluster.kubectl.apply(...names.map((name, at) => multusPod(name, `n${1 + (at % 2)}`, networks, at < 2)));
  await cluster.kubectl.wait('condition=Ready', ['pod', '-l', 'app=multus'], 300);
  const statuses = await Promise.all(names.map(networksOf));
  const ips = statuses.map(([, second]) => second?.ips?.[0] ?? '');
  expect(new Set(ips).size).toBe(names.length);
  // From a guest on one node to a guest on the other, over both bridges.
  const ping = ['ping', '-c', '1', '-W', '5', '-I', 'net1', ips[1] ?? ''];
  expect(await cluster.kubectl.run('exec', 'shared-0', '--', ...ping)).toContain('1 packets received');
  await allGone();
  interface Pool {
    readonly spec: { readonly allocations: object };
  }
  const pools = await cluster.kubectl.get<{ items: readonly Pool[] }>('ippools', '-A');
  expect(pools.items.map(({ spec }) => spec.allocations)).toEqual([{}]);
});

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
});
