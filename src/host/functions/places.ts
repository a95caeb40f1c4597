import { kernel } from '#kernel';
import { pciBus } from '../function-text.ts';
import type { Kernel } from '../kernel.ts';

/** Where to find things on a node. Tests use other places. */
export interface FunctionPlaces {
  readonly pci: string;
  readonly net: string;
  /** Where the IOMMU groups of vfio can be opened. */
  readonly groups: string;
  /** Where sriov-cni records the namespaces of pods that have a function, by the function's address. */
  readonly sriovCni: string;
  /** Talks to the drivers of network cards. */
  readonly kernel: Pick<Kernel, 'readFunctions' | 'readLinks' | 'setFunction'>;
}

/** The places on this node. */
export const onNode: FunctionPlaces = {
  pci: pciBus,
  net: '/sys/class/net',
  groups: '/dev/vfio',
  sriovCni: '/var/lib/cni/sriov/pci',
  kernel,
};
