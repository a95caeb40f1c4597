import type { Cluster } from './cluster.ts';
import { runtimeClass } from './pods.ts';

/** Where the DaemonSet puts the executable on a node. */
export const plugin = '/opt/cni/bin/dan';

/** Where the DaemonSet puts the network of Kata's handler on a node. */
export const network = '/etc/cni/kata.d/10-dan.conflist';

/**
 * Installs dan as an operator does, by `kubectl apply -k` of a directory, and a RuntimeClass `kata` whose pods request nothing:
 * many of them fit on a node.
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
