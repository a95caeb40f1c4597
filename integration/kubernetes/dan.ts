import type { Cluster } from './cluster.ts';
import { runtimeClass } from './pods.ts';

/** The path to which the DaemonSet copies the executable on a node. */
export const plugin = '/opt/cni/bin/dan';

/** The path to which the DaemonSet writes the network of Kata's handler on a node. */
export const network = '/etc/cni/kata.d/10-dan.conflist';

/**
 * Installs dan like an operator, with `kubectl apply -k` of a directory, and a RuntimeClass `kata` whose pods request
 * no resources, so that many of them fit on a node.
 */
export async function installDan({ kubectl }: Cluster, directory = 'deploy/'): Promise<void> {
  await kubectl.run('apply', '-k', directory);
  await kubectl.apply(runtimeClass('kata'));
  await rollout(kubectl);
}

/** Waits until the DaemonSet's pods are ready on all nodes. */
export async function rollout(kubectl: Cluster['kubectl'], name = 'dan'): Promise<void> {
  await kubectl.run('--namespace=kube-system', 'rollout', 'status', `daemonset/${name}`, '--timeout=300s');
}
