import { profileFaults } from '../../../dan/limits.ts';
import { profiles } from '../../../dan/profile.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import type { NetworkConfig } from '../../../config/interpret.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { ownDropIn } from '../../../node/kata-config.ts';
import { type UsedConfig, usedConfigs, withoutConfig } from './each-config.ts';

/** What is asked about the devices: whether this hypervisor, configured like this, attaches them. */
export const deviceChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kata-device-kind',
    fine: 'the hypervisor attaches the devices of the networks',
    why: 'A device that the hypervisor does not know fails the sandbox, or is left out of it without a word.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(notAttached),
  },
  {
    id: 'kata-queues',
    fine: 'the virtual machine opens as many queues as the networks’ taps have',
    why: 'A tap with several queues cannot be opened as one with a single queue, nor the other way round (EINVAL).',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap((used) => [...otherQueues(used), ...ignoredQueues(used)]),
  },
  {
    id: 'kata-shared-memory',
    fine: 'a vhost-user switch can map the memory of virtual machines',
    why: 'The switch reads and writes frames in the guest’s memory; memory that is not shared makes a device without traffic.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(notShared),
  },
  {
    id: 'kata-hugepages',
    fine: 'there are huge pages where Kata takes the virtual machine’s memory from them',
    why: 'With enable_hugepages, a virtual machine starts only where the node has enough of them free.',
    unasked: (facts) =>
      facts.kernel.hugePages === undefined ? 'there is no /proc of a node that runs' : withoutConfig(facts),
    look: (facts) => usedConfigs(facts).flatMap((used) => noHugepages(used, facts.kernel.hugePages?.total)),
  },
  {
    id: 'kata-bridges',
    fine: 'the virtual machine has room for the devices',
    why: 'A PCI bridge of the virtual machine holds 30 devices, and there are 5 at most.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(room),
  },
  {
    id: 'kata-vhost-net',
    fine: 'QEMU can open /dev/vhost-net where it needs it',
    why: 'Where Kata asks QEMU for vhost-net and the device is missing, the sandbox fails: "Could not setup vhost fds".',
    unasked: (facts) =>
      facts.kernel.deviceNodes === undefined ? 'there is no /dev of a node that runs' : withoutConfig(facts),
    look: (facts) =>
      usedConfigs(facts).flatMap((used) => vhostNet(used, facts.kernel.deviceNodes?.vhostNet.state === 'device')),
  },
];

function known(networks: UsedConfig['networks']): readonly { path: string; config: NetworkConfig }[] {
  return networks.flatMap(({ path, config }) => (config === undefined ? [] : [{ path, config }]));
}

// The same rules as those of ADD, asked with the configuration that is in force, also where the network names none.
function notAttached({ file, label, networks }: UsedConfig): readonly Observation[] {
  const { hypervisor } = file.settings;
  return known(networks).flatMap(({ path, config }) => {
    const { device: kind, queuePairs } = config.device;
    const device = kindOf(config.device).attachedAs;
    const demand = { device, named: kind, queuePairs, networkQueues: queuePairs, hypervisor, neighbors: [] };
    if (profileFaults(profiles[config.runtime], demand).length === 0) return [];
    const seen = `${label} is for the hypervisor ${hypervisor ?? ''}, which attaches no ${kind}, and ${path} asks for one`;
    const only = profiles[config.runtime].vhostUserHypervisor ?? 'another hypervisor';
    const cure = `have the handler use a configuration for ${only}, or say "device": "host-tap" in ${path}`;
    return [{ severity: 'error' as const, seen, cure }];
  });
}

function otherQueues({ file, label, networks }: UsedConfig): readonly Observation[] {
  const { networkQueues, hypervisor = 'dragonball' } = file.settings;
  return known(networks)
    .filter(({ config }) => !profiles[config.runtime].queueNum && config.device.queuePairs !== networkQueues)
    .map(({ path, config }) => ({
      severity: 'error',
      seen: `${label} comes to network_queues = ${networkQueues}, which counts before Kata 4.0, and ${path} to "queues": ${config.device.queuePairs}`,
      cure: `say "queues": ${networkQueues} in ${path}, or change network_queues in ${ownDropIn(file)}`,
      files: [
        {
          path: ownDropIn(file),
          content: `[hypervisor.${hypervisor}]\nnetwork_queues = ${config.device.queuePairs}\n`,
        },
      ],
    }));
}

/** What the two runtimes call Cloud Hypervisor. */
const cloudHypervisor: readonly (string | undefined)[] = ['clh', 'cloud-hypervisor'];

// Its versions differ in whether the number in the file counts for devices that are there from the start.
function ignoredQueues({ file, label, networks }: UsedConfig): readonly Observation[] {
  const { networkQueues, hypervisor } = file.settings;
  if (!cloudHypervisor.includes(hypervisor)) return [];
  return known(networks)
    .filter(({ config }) => profiles[config.runtime].queueNum && config.device.queuePairs !== networkQueues)
    .map(({ path, config }) => ({
      severity: 'warning',
      seen: `${label} comes to network_queues = ${networkQueues}, and ${path} to "queues": ${config.device.queuePairs}`,
      cure: 'say the same number in both: with Cloud Hypervisor, earlier versions of Kata heed network_queues alone',
    }));
}

function notShared({ file, label, networks }: UsedConfig): readonly Observation[] {
  const asking = known(networks).find(({ config }) => kindOf(config.device).opens === 'socket');
  if (asking === undefined || file.settings.memory.isShared) return [];
  return [
    {
      severity: 'error',
      seen: `${label} gives the virtual machine memory of its own, and ${asking.path} makes a vhost-user device`,
      cure: 'say enable_hugepages = true, or file_mem_backend = "/dev/shm", in its table of the hypervisor',
    },
  ];
}

function noHugepages({ file, label }: UsedConfig, hugepages: number | undefined): readonly Observation[] {
  if (!file.settings.memory.hugepages || hugepages !== 0) return [];
  return [
    {
      severity: 'warning',
      seen: `${label} says enable_hugepages = true, and the node has reserved no huge pages of its default size`,
      cure: 'reserve what its virtual machines need, such as "sysctl vm.nr_hugepages=2048", and at boot in /etc/sysctl.d',
    },
  ];
}

/** Devices that one bridge holds, and bridges that a machine has at most: Kata's templates, at default_bridges. */
const limits = { devices: 30, bridges: 5 } as const;

function room({ file, label, networks }: UsedConfig): readonly Observation[] {
  const { bridges } = file.settings;
  if (bridges !== undefined && bridges > limits.bridges) {
    const seen = `${label} says default_bridges = ${bridges}`;
    return [
      { severity: 'note', seen, cure: `Kata makes ${limits.bridges} of it, which hold 150 devices of all kinds` },
    ];
  }
  const has = Math.max(bridges ?? 1, 1);
  if (networks.length <= has * limits.devices) return [];
  const seen = `${label} has ${has} PCI bridges, and its pods get ${networks.length} networks of dan`;
  return [{ severity: 'warning', seen, cure: `say default_bridges = ${limits.bridges}` }];
}

function vhostNet({ file, label, uses }: UsedConfig, exists: boolean): readonly Observation[] {
  const { hypervisor, disableVhostNet } = file.settings;
  if (hypervisor !== 'qemu' || exists) return [];
  const isRust = uses.some(({ runtime }) => runtime === 'rust');
  if (disableVhostNet && !isRust) return [];
  const load =
    'load the driver: "modprobe vhost_net", and at boot with a line "vhost_net" in /etc/modules-load.d/dan.conf';
  if (disableVhostNet) {
    const seen = `${label} says disable_vhost_net = true, but QEMU under the Rust runtime opens /dev/vhost-net all the same, and it is missing`;
    return [{ severity: 'error', seen, cure: load }];
  }
  return [{ severity: 'error', seen: `${label} has QEMU open /dev/vhost-net, and it is missing`, cure: load }];
}
