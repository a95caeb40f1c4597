import { functionFault } from '../../../kinds/function-faults.ts';
import { kindOf, wantsOf } from '../../../kinds/kinds.ts';
import { vfioDriver } from '../../../model/virtual-function.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { checksUnless, error, note, type Observation, warning } from '../check.ts';
import { naming, networksThat } from '../demand.ts';
import type { FunctionFacts } from '../facts/functions.ts';
import type { NodeFacts } from '../facts/node.ts';
import { forEachConfig, type UsedConfig, withoutConfig } from './kata-config.ts';

/** Why questions about virtual functions do not apply; undefined if they do. */
function withoutFunctions({ functions, cni }: NodeFacts): string | undefined {
  if (functions !== undefined) return undefined;
  return functionNetworks(cni.networks).length === 0 ? 'no network has virtual functions' : 'only files are looked at';
}

function functionNetworks(networks: readonly DanPlugin[]): readonly string[] {
  return networksThat(networks, ({ device }) => kindOf(device).opens === 'group');
}

/** Runs a check on functions that were read. */
function ofFunctions(
  look: (functions: FunctionFacts, facts: NodeFacts) => Iterable<Observation>,
): (facts: NodeFacts) => Iterable<Observation> {
  return (facts) => (facts.functions === undefined ? [] : look(facts.functions, facts));
}

/** Checks of the virtual functions of network cards. */
export const functionChecks = checksUnless(withoutFunctions, [
  {
    id: 'kernel-iommu',
    look: ofFunctions(function* ({ groups }, { cni }) {
      if (groups > 0) return;
      const cure =
        'switch it on in the firmware, and with intel_iommu=on or amd_iommu=on on the command line of the kernel';
      yield error(`the kernel has made no IOMMU group; ${naming(functionNetworks(cni.networks))} needs one`, cure);
    }),
  },
  {
    id: 'kernel-vfio',
    look: ofFunctions(function* ({ hasVfio }, { cni }) {
      if (hasVfio) return;
      const cure = `load it: "modprobe ${vfioDriver}", and at boot with a line "${vfioDriver}" in /etc/modules-load.d/dan.conf`;
      yield error(`${vfioDriver} is not loaded; ${naming(functionNetworks(cni.networks))} needs it`, cure);
    }),
  },
  {
    id: 'kernel-functions',
    look: ofFunctions(function* ({ cards, hasVfio }, { cni }) {
      for (const { link, functions } of cards) {
        if (functions === undefined) {
          yield error(`the host has no interface ${link}`, 'name the interface of a physical function in "master"');
        } else if (functions.length === 0) {
          const cure = `make some, also when the node starts: "echo 4 > /sys/class/net/${link}/device/sriov_numvfs"`;
          yield error(`${link} has no virtual functions`, cure);
        } else {
          const bindDriver = bindsDriver(cni.networks, link);
          const faults = functions.map((found) => functionFault(found, { bindDriver, hasVfioDriver: hasVfio }));
          const [first] = faults;
          if (first === undefined || faults.includes(undefined)) continue;
          const isFull = faults.every((fault) => fault?.error === 'function-taken');
          const seen = `none of the ${functions.length} virtual functions of ${link} can be attached now: ${first.seen}`;
          yield (isFull ? note : error)(seen, isFull ? 'more pods with this network fail' : first.cure);
        }
      }
    }),
  },
  {
    id: 'kernel-device-plugin',
    look: ofFunctions(function* ({ registered, hasVfio }) {
      for (const { resource, address, found } of registered) {
        const has = `the device plugin has registered ${address} as "${resource}"`;
        const fault = found && functionFault(found, { bindDriver: false, hasVfioDriver: hasVfio });
        if (found === undefined) yield warning(`${has}, and there is no such function`, 'restart the device plugin');
        // A pod may legitimately have it.
        else if (fault !== undefined && found.user?.is !== 'attachment' && found.user?.is !== 'program')
          yield warning(`${has}, and ${fault.seen}`, fault.cure);
      }
    }),
  },
]);

function bindsDriver(networks: readonly DanPlugin[], link: string): boolean {
  return networks.some(
    ({ config, document }) =>
      config !== undefined && wantsOf(config.device).function?.master === link && document['bindDriver'] === true,
  );
}

/** Checks of Kata, if its pods get virtual functions. */
export const kataFunctionChecks = [
  ...checksUnless(withoutConfig, [
    { id: 'kata-hot-plug-vfio', look: forEachConfig(withoutPort) },
    { id: 'kata-root-ports', look: forEachConfig(fewRootPorts) },
  ]),
  ...checksUnless(withoutFunctions, [{ id: 'kata-guest-driver', look: ofFunctions(lackingDrivers) }]),
];

function* lackingDrivers({ cards }: FunctionFacts): Iterable<Observation> {
  for (const { link, functions = [] } of cards) {
    const [driver] = functions.flatMap(({ physical }) => physical?.driver ?? []);
    const ofGuest = driver === undefined ? undefined : guestDrivers[driver];
    if (driver === undefined || ofGuest === undefined) continue;
    const seen = `the functions of ${link} (${driver}) need the driver ${ofGuest} in the guest, which Kata’s own kernel does not have`;
    yield note(seen, `boot guests with a kernel that was built with CONFIG_${ofGuest.toUpperCase()}`);
  }
}

/**
 * Drivers for virtual functions that Kata's guest kernel lacks, by the driver of the physical function. The guest
 * kernel has mlx5_core.
 */
const guestDrivers: Readonly<Record<string, string>> = {
  igb: 'igbvf',
  ixgbe: 'ixgbevf',
  i40e: 'iavf',
  ice: 'iavf',
};

function* withoutPort({ file, label, networks }: UsedConfig): Iterable<Observation> {
  if (functionNetworks(networks).length === 0) return;
  const { hotPlug, coldPlug } = file.settings.vfio;
  if (hotPlug === 'no-port') {
    const cure = 'set hot_plug_vfio = "root-port" in its hypervisor table';
    yield error(`${label} has hot_plug_vfio = "no-port", or leaves it out`, cure);
  }
  if (coldPlug !== 'no-port') {
    const cure =
      'remove it: the Go runtime takes one of the two alone, and plugs functions of a DAN file in while the machine runs';
    yield error(`${label} has cold_plug_vfio = "${coldPlug}"`, cure);
  }
}

// Cloud Hypervisor makes its own root ports.
function* fewRootPorts({ file, label, networks }: UsedConfig): Iterable<Observation> {
  const { hypervisor, rootPorts, vfio } = file.settings;
  const wanted = functionNetworks(networks).length;
  if (hypervisor !== 'qemu' || vfio.hotPlug !== 'root-port' || wanted <= rootPorts) return;
  const seen = `${label} has pcie_root_port = ${rootPorts}, and its pods get ${wanted} networks with virtual functions`;
  yield error(seen, `set pcie_root_port = ${wanted} or more in its hypervisor table`);
}
