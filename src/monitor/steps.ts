import type { Mac } from '../model/mac.ts';
import type { Place } from './slots.ts';

/** A command of QEMU's monitors, of which both have the same: its name, and its arguments in their order. */
export interface QemuStep {
  readonly command: 'closefd' | 'device_add' | 'device_del' | 'getfd' | 'netdev_add' | 'netdev_del';
  readonly args: Readonly<Record<string, boolean | number | string>>;
}

/**
 * The name in the monitor of a descriptor that is on its way to QEMU. It is gone as soon as the network backend has it. Kata
 * has a monitor of its own, where it may use the same; and no two of dan's calls change one sandbox at a time.
 */
function descriptorName(index: number): string {
  return `dan${index}`;
}

/** Gives a descriptor that comes with it a name. */
export const nameDescriptor = (index: number): QemuStep => ({
  command: 'getfd',
  args: { fdname: descriptorName(index) },
});

/** Closes a descriptor that has a name. */
export const closeDescriptor = (index: number): QemuStep => ({
  command: 'closefd',
  args: { fdname: descriptorName(index) },
});

/** Makes a network backend of so many descriptors that have names. */
export function addBackend(id: string, queuePairs: number): QemuStep {
  const names = Array.from({ length: queuePairs }, (_, index) => descriptorName(index));
  return { command: 'netdev_add', args: { type: 'tap', id, fds: names.join(':') } };
}

/**
 * Plugs a card in that has the backend of the same id. A queue pair has two vectors of MSI-X, and two more are for the
 * configuration and the control queue. Nobody boots from it: without a ROM, it does not matter which QEMU has.
 */
export function addCard(id: string, mac: Mac, queuePairs: number, { bus, slot }: Place): QemuStep {
  const queues = queuePairs > 1 ? { mq: true, vectors: 2 * queuePairs + 2 } : {};
  return {
    command: 'device_add',
    args: {
      driver: 'virtio-net-pci',
      netdev: id,
      id,
      mac,
      bus,
      addr: `0x${slot.toString(16)}`,
      romfile: '',
      ...queues,
    },
  };
}

/** Asks the guest to let go of a card. */
export const removeCard = (id: string): QemuStep => ({ command: 'device_del', args: { id } });

/** Takes a network backend away, also from under its card: QEMU closes its descriptors. */
export const removeBackend = (id: string): QemuStep => ({ command: 'netdev_del', args: { id } });
