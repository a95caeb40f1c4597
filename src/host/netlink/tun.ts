import { utf8 } from '#bytes';
import { system } from '#system';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { OperationOf } from '../../model/operation.ts';
import { closing } from '../files.ts';
import { accepted } from './refusal.ts';

/** Requests of linux/if_tun.h, as x86-64 and AArch64 number them. */
const requests = { make: 0x4004_54ca, persist: 0x4004_54cb, owner: 0x4004_54cc, group: 0x4004_54ce } as const;

/** IFF_… of linux/if_tun.h. */
const flags = { tap: 0x2, multiQueue: 0x100, noPacketInfo: 0x1000, vnetHdr: 0x4000, exclusive: 0x8000 } as const;

/** Bytes of struct ifreq, and of the name in it (linux/if.h). */
const requestLength = 40;
const nameLength = 16;

/**
 * Makes a tap that stays, in the thread's namespace, as `ip tuntap add … vnet_hdr` does. It has no other name or user for
 * a moment: it is there before it stays, and goes if what comes between fails. Throws {@link Refusal}.
 */
export function addTap({ name, multiQueue, owner, group }: OperationOf<'tap-add'>): void {
  closing(system.open('/dev/net/tun', 'r+'), (file) => {
    accepted(native.ioctl(file, requests.make, interfaceRequest(name, multiQueue)));
    if (owner !== undefined) accepted(native.ioctl(file, requests.owner, owner));
    if (group !== undefined) accepted(native.ioctl(file, requests.group, group));
    accepted(native.ioctl(file, requests.persist, 1));
  });
}

/** Opens queues of a tap that is there, in the thread's namespace; all or none. Throws {@link Refusal}. */
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

// Kata opens a tap with vnet_hdr, and QEMU without it would lose offloads. One that is there already is not taken.
function interfaceRequest(name: string, multiQueue: boolean, exclusive: number = flags.exclusive): Uint8Array {
  const request = new Uint8Array(requestLength);
  request.set(utf8(name).subarray(0, nameLength - 1));
  const mode = flags.tap | flags.noPacketInfo | flags.vnetHdr | exclusive | (multiQueue ? flags.multiQueue : 0);
  request.set([mode & 0xff, mode >> 8], nameLength);
  return request;
}
