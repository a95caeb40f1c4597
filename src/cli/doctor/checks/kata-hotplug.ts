import { ownDropIn } from '../../../node/kata.ts';
import { type Check, checksUnless, error, type Observation, warning } from '../check.ts';
import { networksThat, naming } from '../demand.ts';
import type { NodeFacts } from '../facts/node.ts';
import { cloudHypervisor, forEachConfig, type UsedConfig, withoutConfig } from './kata-config.ts';

/** Checks for networks that are plugged into running sandboxes: whether the VMM's monitor accepts dan. */
export const kataHotplugChecks: readonly Check[] = checksUnless(withoutConfig, [
  {
    id: 'kata-hotplug',
    unasked: (facts) => (plugged(facts).length > 0 ? undefined : 'no network that is configured here is plugged in'),
    look: forEachConfig(closedMonitors),
  },
]);

function plugged({ cni }: NodeFacts): readonly string[] {
  return networksThat(cni.networks, ({ hotplug }) => hotplug);
}

function* closedMonitors({ file, label, uses }: UsedConfig, facts: NodeFacts): Iterable<Observation> {
  const { hypervisor, extraMonitor } = file.settings;
  const networks = plugged(facts);
  const asking = `${naming(networks)} ${networks.length === 1 ? 'says' : 'say'} "hotplug": true`;
  // Cloud Hypervisor's socket always exists.
  if (hypervisor === undefined || cloudHypervisor.includes(hypervisor)) return;
  if (hypervisor !== 'qemu') {
    yield warning(
      `${label} is for the hypervisor ${hypervisor}, which lets nobody but Kata plug anything in, and ${asking}`,
      'use a handler with QEMU or Cloud Hypervisor for pods that get a network while they run',
    );
    return;
  }
  const mayBeRust = uses.some(({ runtime }) => runtime !== 'go');
  const protocol = mayBeRust ? 'hmp' : 'qmp';
  const path = ownDropIn(file);
  const content = `[hypervisor.qemu]\nenable_debug = true\nextra_monitor_socket = "${protocol}"\n`;
  if (extraMonitor === undefined) {
    yield warning(
      `${label} opens no monitor of QEMU's for others than Kata, and ${asking}`,
      `set enable_debug = true and extra_monitor_socket = "${protocol}", in ${path}, and start the pods anew. Whoever can ` +
        'connect to that monitor controls the virtual machine; only root can',
      { path, content },
    );
  } else if (mayBeRust && extraMonitor !== 'hmp') {
    yield (uses.every(({ runtime }) => runtime === 'rust') ? error : warning)(
      `${label} has extra_monitor_socket = "${extraMonitor}", with which the Rust runtime starts no sandbox with QEMU`,
      `set extra_monitor_socket = "hmp", in ${path}`,
      { path, content },
    );
  }
}
