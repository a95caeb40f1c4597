import type { Mac } from '../model/mac.ts';
import type { Place } from './slots.ts';

/** A command that both of QEMU's monitors have: its name, and its arguments in order. */
export interface QemuStep {
  readonly command: 'closefd' | 'device_add' | 'device_del' | 'getfd' | 'netdev_add' | 'netdev_del';
  readonly args: Readonly<Record<string, boolean | number | string>>;
}

/**
 * The monitor's name for a file descriptor on its way to QEMU. It disappears as soon as the network backend has the
 * descriptor. Kata may use the same name, but in its own monitor; and only one dan changes a sandbox at a time.
 */
function descriptorName(index: number): string {
  return `dan${index}`;
}

/** Names a descriptor that is sent along. */
export const nameDescriptor = (index: number): QemuStep => ({
  command: 'getfd',
  args: { fdname: descriptorName(index) },
});

/** Closes a named descriptor. */
export const closeDescriptor = (index: number): QemuStep => ({
  command: 'closefd',
  args: { fdname: descriptorName(index) },
});

/** Makes a network backend from named descriptors. */
export function addBackend(id: string, queuePairs: number): QemuStep {
  const names = Array.from({ length: queuePairs }, (_, index) => descriptorName(index));
  return { command: 'netdev_add', args: { type: 'tap', id, fds: names.join(':') } };
}

/**
 * Plugs in a card with the backend of the same id. A queue pair needs two MSI-X vectors, and two more are for the
 * configuration and the control queue. The card has no ROM, so the QEMU version does not matter; nobody boots from it.
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

/** Asks the guest to release a card. */
export const removeCard = (id: string): QemuStep => ({ command: 'device_del', args: { id } });

/** Removes a network backend, even while its card exists: QEMU closes its descriptors. */
export const removeBackend = (id: string): QemuStep => ({ command: 'netdev_del', args: { id } });
