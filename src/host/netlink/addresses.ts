import { fromHex, readInt32, readUint16, readUint32, readUint8, words } from '#bytes';
import type { LinkAddress } from '../../model/link.ts';
import type { KernelNeighbor } from '../../model/pod-view.ts';
import { addressText, linkLayerText } from './address-text.ts';
import { addressMarks } from './marks.ts';
import { ask, askForAll, bytes, find, make, type Message, type Request, uint32At } from './message.ts';
import { nameOf } from './names.ts';
import { flags, headerLengths, ifa, ipFamily, isPermanent, isTentative as tentative, nda, rtm } from './numbers.ts';

/** ARPHRD_ETHER of linux/if_arp.h. */
const ethernet = 1;

/** An address of a link. */
export interface AddressAnswer {
  /** The index of its link. */
  readonly link: number;
  readonly address: LinkAddress;
}

/** Asks for the addresses of all links in a namespace, of one family or of all. */
export function getAddresses(family = 0): Request {
  return askForAll(rtm.address.get, words(family, 0));
}

/** Deletes an address, given as a message about it. */
export function deleteAddress({ body }: Message): Request {
  return ask(rtm.address.delete, body);
}

/** Adds an address, given as a message about it. */
export function makeAddress({ body }: Message): Request {
  return make(rtm.address.make, flags.creates, body);
}

/** Reads an address; undefined if the message is about something else. */
export function toAddressAnswer({ type, body }: Message): AddressAnswer | undefined {
  if (type !== rtm.address.make) return undefined;
  // On a point-to-point link, `address` is the far end's, and the own address is in `local`.
  const own = find(body, ifa.local, headerLengths.address) ?? find(body, ifa.address, headerLengths.address);
  if (own === undefined) return undefined;
  return {
    link: readUint32(body, 4),
    address: {
      cidr: `${addressText(own)}/${readUint8(body, 1)}`,
      scope: nameOf('scope', readUint8(body, 3)),
      ...((flagsIn(body) & isPermanent) === 0 ? { dynamic: true } : {}),
      ...addressMarks(readUint8(body, 0), flagsIn(body)),
    },
  };
}

/** Whether an address is tentative, and so cannot be used yet. */
export function isTentative({ body }: Message): boolean {
  return (flagsIn(body) & tentative) !== 0;
}

function flagsIn(body: Uint8Array): number {
  return uint32At(find(body, ifa.flags, headerLengths.address)) ?? readUint8(body, 2);
}

/** Asks for the neighbors of all links in a namespace. */
export function getNeighbors(): Request {
  return askForAll(rtm.neighbor.get, words(0, 0, 0));
}

/** Makes a neighbor permanent, replacing what was known about it. */
export function makeNeighbor(link: number, address: Uint8Array, mac: string): Request {
  const header = words(ipFamily[address.length === 4 ? 4 : 6], link, isPermanent);
  const linkLayer = bytes(nda.linkLayer, fromHex(mac.replaceAll(':', '')));
  return make(rtm.neighbor.make, flags.creates | flags.replaces, header, bytes(nda.address, address), linkLayer);
}

/** Reads a permanent neighbor; undefined if the message is about another one, or something else. */
export function toNeighbor({ type, body }: Message, nameOf: (index: number) => string): KernelNeighbor | undefined {
  if (type !== rtm.neighbor.make || (readUint16(body, 8) & isPermanent) === 0) return undefined;
  const address = find(body, nda.address, headerLengths.neighbor);
  const mac = find(body, nda.linkLayer, headerLengths.neighbor);
  if (address === undefined || mac === undefined) return undefined;
  return { address: addressText(address), link: nameOf(readInt32(body, 4)), mac: linkLayerText(mac, ethernet) };
}
