import type { NetworkConfig } from '../../../config/interpret.ts';
import { profileFaults } from '../../../dan/limits.ts';
import { profiles } from '../../../dan/profile.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import { ownDropIn } from '../../../node/kata.ts';
import { checksUnless, error, note, type Observation, warning } from '../check.ts';
import { withoutDevices, withoutHugePages } from './device-nodes.ts';
import { cloudHypervisor, forEachConfig, type UsedConfig, withoutConfig } from './kata-config.ts';

/** Checks of the devices: whether this hypervisor, with this configuration, attaches them. */
export const kataDeviceChecks = checksUnless(withoutConfig, [
  { id: 'kata-device-kind', look: forEachConfig(notAttached) },
  { id: 'kata-queues', look: forEachConfig(otherQueues) },
  {
    id: 'kata-shared-memory',
    look: forEachConfig(function* ({ file, label, networks }) {
      const asking = accepted(networks).find(({ config }) => kindOf(config.device).opens === 'socket');
      if (asking === undefined || file.settings.memory.isShared) return;
      const seen = `${label} gives the virtual machine private memory, and ${asking.path} makes a vhost-user device`;
      yield error(seen, 'set enable_hugepages = true, or file_mem_backend = "/dev/shm", in its hypervisor table');
    }),
  },
  {
    id: 'kata-hugepages',
    unasked: withoutHugePages,
    look: forEachConfig(function* ({ file, label }, facts) {
      if (!file.settings.memory.hugepages || facts.kernel.hugePages?.total !== 0) return;
      const seen = `${label} has enable_hugepages = true, and the node has reserved no huge pages of its default size`;
      yield warning(
        seen,
        'reserve as many as the virtual machines need, for example "sysctl vm.nr_hugepages=2048", and in /etc/sysctl.d for the next boot',
      );
    }),
  },
  {
    id: 'kata-bridges',
    look: forEachConfig(function* ({ file, label, networks }) {
      const { bridges = 1 } = file.settings;
      const has = Math.max(bridges, 1);
      if (bridges > limits.bridges) {
        const cure = `Kata makes ${limits.bridges} of them, which hold ${limits.bridges * limits.devices} devices of all kinds`;
        yield note(`${label} has default_bridges = ${bridges}`, cure);
      } else if (networks.length > has * limits.devices) {
        const seen = `${label} has ${has} PCI bridges, and its pods get ${networks.length} networks of dan`;
        yield warning(seen, `set default_bridges = ${limits.bridges}`);
      }
    }),
  },
  {
    id: 'kata-vhost-net',
    unasked: withoutDevices,
    look: forEachConfig(function* ({ file, label, uses }, { kernel }) {
      const { hypervisor, disableVhostNet } = file.settings;
      const isRust = uses.some(({ runtime }) => runtime === 'rust');
      const opensIt = hypervisor === 'qemu' && (isRust || !disableVhostNet);
      if (!opensIt || kernel.deviceNodes?.vhostNet.state === 'device') return;
      const seen = disableVhostNet
        ? `${label} has disable_vhost_net = true, but QEMU under the Rust runtime opens /dev/vhost-net anyway, and it is missing`
        : `${label} makes QEMU open /dev/vhost-net, and it is missing`;
      const cure =
        'load the driver: "modprobe vhost_net", and at boot with a line "vhost_net" in /etc/modules-load.d/dan.conf';
      yield error(seen, cure);
    }),
  },
]);

/** The most devices of one bridge, and the most bridges of a machine (Kata's templates, at default_bridges). */
const limits = { devices: 30, bridges: 5 } as const;

function accepted(networks: UsedConfig['networks']): readonly { path: string; config: NetworkConfig }[] {
  return networks.flatMap(({ path, config }) => (config === undefined ? [] : [{ path, config }]));
}

// The same rules as in ADD, with the configuration in force even if the network names none.
function* notAttached({ file, label, networks }: UsedConfig): Iterable<Observation> {
  const { hypervisor } = file.settings;
  for (const { path, config } of accepted(networks)) {
    const profile = profiles[config.runtime];
    const { device: kind, queuePairs } = config.device;
    const device = kindOf(config.device).attachedAs;
    const demand = { device, named: kind, queuePairs, networkQueues: queuePairs, hypervisor, neighbors: [] };
    if (profileFaults(profile, demand).length === 0) continue;
    const only = profile.devices[device]?.hypervisor ?? 'another hypervisor';
    yield error(
      `${label} is for the hypervisor ${hypervisor ?? ''}, which attaches no ${kind}, and ${path} asks for one`,
      `have the handler use a configuration for ${only}, or set "device": "host-tap" in ${path}`,
    );
  }
}

// With Cloud Hypervisor, versions differ in whether the file's number applies to devices that exist from the start.
function* otherQueues({ file, label, networks }: UsedConfig): Iterable<Observation> {
  const { networkQueues, hypervisor = 'dragonball' } = file.settings;
  for (const { path, config } of accepted(networks)) {
    const { queuePairs } = config.device;
    if (queuePairs === networkQueues) continue;
    const both = `and ${path} results in "queues": ${queuePairs}`;
    if (!profiles[config.runtime].queueNum) {
      const content = `[hypervisor.${hypervisor}]\nnetwork_queues = ${queuePairs}\n`;
      yield error(
        `${label} results in network_queues = ${networkQueues}, which counts before Kata 4.0, ${both}`,
        `set "queues": ${networkQueues} in ${path}, or change network_queues in ${ownDropIn(file)}`,
        { path: ownDropIn(file), content },
      );
    } else if (cloudHypervisor.includes(hypervisor)) {
      yield warning(
        `${label} results in network_queues = ${networkQueues}, ${both}`,
        'set both to the same number: with Cloud Hypervisor, earlier versions of Kata use only network_queues',
      );
    }
  }
}
