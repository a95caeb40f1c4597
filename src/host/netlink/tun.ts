import { utf8 } from '#bytes';
import { system } from '#system';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { OperationOf } from '../../model/operation.ts';
import { closing } from '../files.ts';
import { accepted } from './refusal.ts';

/** ioctl requests of linux/if_tun.h, as numbered on x86-64 and AArch64. */
const requests = { make: 0x4004_54ca, persist: 0x4004_54cb, owner: 0x4004_54cc, group: 0x4004_54ce } as const;

/** IFF_… of linux/if_tun.h. */
const flags = { tap: 0x2, multiQueue: 0x100, noPacketInfo: 0x1000, vnetHdr: 0x4000, exclusive: 0x8000 } as const;

/** The length of struct ifreq, and of the name in it (linux/if.h). */
const requestLength = 40;
const nameLength = 16;

/**
 * Makes a persistent tap in the thread's namespace, like `ip tuntap add … vnet_hdr`. It becomes persistent only after
 * its owner and group are set, and disappears if a step before that fails. Throws {@link Refusal}.
 */
export function addTap({ name, multiQueue, owner, group }: OperationOf<'tap-add'>): void {
  closing(system.open('/dev/net/tun', 'r+'), (file) => {
    accepted(native.ioctl(file, requests.make, interfaceRequest(name, multiQueue)));
    if (owner !== undefined) accepted(native.ioctl(file, requests.owner, owner));
    if (group !== undefined) accepted(native.ioctl(file, requests.group, group));
    accepted(native.ioctl(file, requests.persist, 1));
  });
}

/** Opens queues of an existing tap in the thread's namespace: all or none. Throws {@link Refusal}. */
export function openQueues(name: InterfaceName, queuePairs: number): readonly number[] {
  const queues: number[] = [];
  try {
    while (queues.length < queuePairs) {
      queues.push(system.open('/dev/net/tun', 'r+'));
      accepted(native.ioctl(queues.at(-1) ?? -1, requests.make, interfaceRequest(name, queuePairs > 1, 0)));
    }
    return queues;
  } catch (error) {
    for (const queue of queues) system.close(queue);
    throw error;
  }
}

// Kata opens a tap with vnet_hdr. Without it, QEMU would lose offloads. `exclusive` refuses an existing tap.
function interfaceRequest(name: string, multiQueue: boolean, exclusive: number = flags.exclusive): Uint8Array {
  const request = new Uint8Array(requestLength);
  request.set(utf8(name).subarray(0, nameLength - 1));
  const mode = flags.tap | flags.noPacketInfo | flags.vnetHdr | exclusive | (multiQueue ? flags.multiQueue : 0);
  request.set([mode & 0xff, mode >> 8], nameLength);
  return request;
}
