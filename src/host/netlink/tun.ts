import { closeSync, openSync } from 'node:fs';
import type { Libc } from '../libc.ts';
import type { OperationOf } from './link-changes.ts';
import { Refusal } from './refusal.ts';

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
export function addTap(libc: Libc, { name, multiQueue, owner, group }: OperationOf<'tap-add'>): void {
  const file = openSync('/dev/net/tun', 'r+');
  const call = (request: number, argument: number | Uint8Array): void => {
    if (libc.ioctl(file, request, argument) < 0) throw new Refusal(libc, libc.errno());
  };
  try {
    call(requests.make, interfaceRequest(name, multiQueue));
    if (owner !== undefined) call(requests.owner, owner);
    if (group !== undefined) call(requests.group, group);
    call(requests.persist, 1);
  } finally {
    closeSync(file);
  }
}

// Kata opens a tap with vnet_hdr, and QEMU without it would lose offloads. One that is there already is not taken.
function interfaceRequest(name: string, multiQueue: boolean): Buffer {
  const request = Buffer.alloc(requestLength);
  request.write(name, 0, nameLength - 1, 'latin1');
  const mode = flags.tap | flags.noPacketInfo | flags.vnetHdr | flags.exclusive;
  request.writeUInt16LE(mode | (multiQueue ? flags.multiQueue : 0), nameLength);
  return request;
}
