import { readFile, writeFile } from 'node:fs/promises';
import { program } from '../clients/programs.ts';
import { Cluster } from './cluster.ts';
import { installDan, rollout } from './dan.ts';
import { whereabouts } from './images.ts';
import type { KubernetesObject } from './kubectl.ts';
import { kataPod, type Pod, runtimeClass } from './pods.ts';

/** Multus's status of a pod's network. */
export interface NetworkStatus {
  readonly name: string;
  readonly interface: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

/** Starts a cluster of two nodes with dan, Multus, whereabouts, and networks of `deploy/multus`. */
export async function startMultusCluster(): Promise<Cluster> {
  const cluster = await Cluster.start({ nodes: 2, images: ['multus', 'whereabouts'] });
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
  for (const file of ['host-tap', 'host-tap-vlan', 'whereabouts', 'vfio']) {
    await kubectl.run('apply', '-f', `deploy/multus/${file}.yaml`);
  }
  return cluster;
}

/** A NetworkAttachmentDefinition of a `host-tap` on the bridge of the nodes. */
export function definition(
  name: string,
  keys: object,
  annotations: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const plugin = { type: 'dan', device: 'host-tap', bridge: 'br0', ...keys };
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'kube-system', annotations },
    spec: { config: JSON.stringify({ cniVersion: '1.0.0', name, plugins: [plugin] }) },
  };
}

/** An element of the annotation `networks`, for a network in `kube-system`. */
interface NetworkElement {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** The options of a pod with networks by Multus. */
export interface MultusPodOptions {
  readonly name: string;
  readonly node?: string;
  /** The pod's first network, in `kube-system`: `dan-host-tap` if it is not given. */
  readonly first?: string;
  /** The further ones: each is `net1` and in `kube-system` if it does not say anything else. */
  readonly further?: readonly NetworkElement[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly guest?: boolean;
  readonly container?: Readonly<Record<string, unknown>>;
}

/** A pod whose networks are named by annotations for Multus. */
export function multusPod({ first = 'dan-host-tap', further = [], ...options }: MultusPodOptions): KubernetesObject {
  const elements = further.map((element) => ({ namespace: 'kube-system', interface: 'net1', ...element }));
  const annotations = {
    'v1.multus-cni.io/default-network': `kube-system/${first}`,
    ...(elements.length === 0 ? {} : { 'k8s.v1.cni.cncf.io/networks': JSON.stringify(elements) }),
    ...options.annotations,
  };
  return kataPod({ ...options, app: 'multus', runtimeClass: 'kata-multus', annotations });
}

/** Multus's status of a pod's networks. */
export async function networksOf({ kubectl }: Cluster, pod: string): Promise<readonly NetworkStatus[]> {
  const { metadata } = await kubectl.get<Pod>('pod', pod);
  return JSON.parse(metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'] ?? '[]') as readonly NetworkStatus[];
}

/** What whereabouts has given away, for each of its pools. */
export async function allocations({ kubectl }: Cluster): Promise<readonly object[]> {
  interface Pool {
    readonly spec: { readonly allocations: object };
  }
  const pools = await kubectl.get<{ items: readonly Pool[] }>('ippools', '-A');
  return pools.items.map(({ spec }) => spec.allocations);
}
