import { kernel } from '#kernel';
import { pciBus } from '../function-text.ts';
import type { Kernel } from '../kernel.ts';

/** Where things are on a node. Tests have their own. */
export interface FunctionPlaces {
  readonly pci: string;
  readonly net: string;
  /** Where the IOMMU groups that vfio has can be opened. */
  readonly groups: string;
  /** Where sriov-cni notes the namespaces of pods that have a function, by its address. */
  readonly sriovCni: string;
  /** What speaks to the drivers of cards. */
  readonly kernel: Pick<Kernel, 'readFunctions' | 'readLinks' | 'setFunction'>;
}

/** Where they are on this node. */
export const onNode: FunctionPlaces = {
  pci: pciBus,
  net: '/sys/class/net',
  groups: '/dev/vfio',
  sriovCni: '/var/lib/cni/sriov/pci',
  kernel,
};
