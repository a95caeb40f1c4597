import { type DanErrorName, type Diagnosis } from '../model/error.ts';
import { type FunctionUser, type PciFunction, vfioDriver } from '../model/virtual-function.ts';

/** Why a function cannot be attached, and the name of the error that an ADD throws. */
export interface FunctionFault extends Diagnosis {
  readonly error: DanErrorName;
}

/** The conditions under which functions are used. */
export interface FunctionUse {
  /** A function with another driver is rebound to vfio-pci. */
  readonly bindDriver: boolean;
  /** vfio-pci is loaded. */
  readonly hasVfioDriver: boolean;
}

/** Why a function cannot be attached; undefined if it can. Pure. */
export function functionFault(found: PciFunction, use: FunctionUse): FunctionFault | undefined {
  const { address, physical, group, companions, driver, user } = found;
  const fault = (error: DanErrorName, seen: string, cure: string): FunctionFault => ({
    error,
    seen: `the function ${address} ${seen}`,
    cure,
  });
  if (physical === undefined) {
    return fault(
      'function-unusable',
      'is no virtual function, so the host would lose the whole card',
      'name one of its virtual functions, which "lspci -D" shows; they are made with sriov_numvfs below ' +
        `/sys/bus/pci/devices/${address}`,
    );
  }
  if (user?.is === 'attachment') return { error: 'function-taken', ...userDiagnosis(found, user) };
  if (physical.link === undefined || found.row === undefined) {
    return fault(
      'function-unusable',
      `belongs to ${physical.address}, ${physical.link === undefined ? "which has no interface in the host's namespace" : `of which ${physical.link} tells nothing about its functions`}`,
      'the physical function stays on the host with its own driver, which sets MAC and VLAN of its functions',
    );
  }
  if (group === undefined) {
    return fault(
      'function-unusable',
      'has no IOMMU group',
      'switch the IOMMU on, in the firmware and with intel_iommu=on or amd_iommu=on on the command line of the kernel',
    );
  }
  if (companions.length > 0) {
    return fault(
      'function-unusable',
      `shares its IOMMU group ${group} with ${companions.join(', ')}, and a virtual machine gets a whole group`,
      'put the card into a slot whose root port separates functions (ACS), or use another card',
    );
  }
  if (user !== undefined) return { error: 'function-taken', ...userDiagnosis(found, user) };
  if (driver === vfioDriver) return undefined;
  if (!use.bindDriver) {
    return fault(
      'function-unusable',
      `has the ${driver === undefined ? 'driver of nobody' : `driver ${driver}`}, and a virtual machine gets it from ${vfioDriver}`,
      `give it to ${vfioDriver} when the node starts, or say "bindDriver": true`,
    );
  }
  if (use.hasVfioDriver) return undefined;
  return fault(
    'function-unusable',
    `cannot be given to ${vfioDriver}, which is not loaded`,
    `load it: "modprobe ${vfioDriver}", and at boot with a line "${vfioDriver}" in /etc/modules-load.d/dan.conf`,
  );
}

function userDiagnosis({ address, group }: PciFunction, user: FunctionUser): Diagnosis {
  const has = `the function ${address} is in use`;
  switch (user.is) {
    case 'attachment': {
      const { sandbox, ifname, network } = user.owner;
      return {
        seen: `${has} by sandbox ${sandbox} ("${ifname}" of network "${network}")`,
        cure: 'name another, or DEL that one first',
      };
    }
    case 'program':
      return {
        seen: `${has}: ${holdersText(user.pids)} its IOMMU group /dev/vfio/${group ?? ''} open`,
        cure: 'name another, or end that virtual machine first',
      };
    case 'pod':
      return {
        seen: `${has} by a pod${user.netns === undefined ? ': its interface is in another namespace' : `, of the namespace ${user.netns}, as sriov-cni notes`}`,
        cure: 'name another, or end that pod first',
      };
    case 'host':
      return {
        seen: `${has} by the host: its interface ${user.link} is up`,
        cure: `name another, or take it down with "ip link set dev ${user.link} down"`,
      };
    default:
      return user satisfies never;
  }
}

/** The processes that have something open, with a verb. */
export function holdersText(pids: readonly number[]): string {
  if (pids.length === 0) return 'somebody has';
  return pids.length === 1 ? `process ${pids.join()} has` : `processes ${pids.join(', ')} have`;
}
