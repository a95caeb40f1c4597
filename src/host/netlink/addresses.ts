import { readInt32, readUint16, readUint32, readUint8, writeInt32, writeUint16, writeUint8 } from '#bytes';
import type { LinkAddress } from '../../model/link.ts';
import type { KernelNeighbor } from '../../model/pod-view.ts';
import { addressText, linkLayerText } from './address-text.ts';
import { addressMarks } from './marks.ts';
import {
  ask,
  askForAll,
  bytes,
  creates,
  find,
  fromHex,
  make,
  type Message,
  type Request,
  uint32At,
} from './message.ts';
import { scopeText } from './names.ts';

/** RTM_…ADDR and RTM_…NEIGH of linux/rtnetlink.h. */
const addressMessages = { make: 20, delete: 21, get: 22 } as const;
const neighborMessages = { make: 28, get: 30 } as const;

/** IFA_… of linux/if_addr.h and NDA_… of linux/neighbour.h. */
const addressAttributes = { address: 1, local: 2, flags: 8 } as const;
const neighborAttributes = { address: 1, linkLayer: 2 } as const;

/** Bytes of struct ifaddrmsg and of struct ndmsg. */
const addressHeader = 8;
const neighborHeader = 12;

/** IFA_F_PERMANENT of linux/if_addr.h, and NUD_PERMANENT of linux/neighbour.h: it does not go by itself. */
const isPermanent = 0x80;

/** IFA_F_TENTATIVE of linux/if_addr.h: whether somebody else has it is not known yet. */
const tentative = 0x40;

/** NLM_F_REPLACE of linux/netlink.h. */
const replaces = 0x100;

/** AF_INET and AF_INET6 of sys/socket.h. */
export const familyNumbers = { 4: 2, 6: 10 } as const;

/** ARPHRD_ETHER of linux/if_arp.h. */
const ethernet = 1;

/** An address of a link. */
export interface AddressAnswer {
  /** The number of its link. */
  readonly link: number;
  readonly address: LinkAddress;
}

/** Asks for the addresses of all links of a namespace, of one family or of all. */
export function getAddresses(family = 0): Request {
  const body = new Uint8Array(addressHeader);
  writeUint8(body, family, 0);
  return askForAll(addressMessages.get, body);
}

/** Takes an address from its link, as it was told. */
export function deleteAddress({ body }: Message): Request {
  return ask(addressMessages.delete, body);
}

/** Gives a link an address, as it was told. */
export function makeAddress({ body }: Message): Request {
  return make(addressMessages.make, creates, body);
}

/** Reads an address; undefined: the message is about something else. */
export function toAddressAnswer({ type, body }: Message): AddressAnswer | undefined {
  if (type !== addressMessages.make) return undefined;
  // The far end of a link between two has its own attribute, and then `address` is that.
  const own =
    find(body, addressAttributes.local, addressHeader) ?? find(body, addressAttributes.address, addressHeader);
  if (own === undefined) return undefined;
  return {
    link: readUint32(body, 4),
    address: {
      cidr: `${addressText(own)}/${readUint8(body, 1)}`,
      scope: scopeText(readUint8(body, 3)),
      ...((flagsIn(body) & isPermanent) === 0 ? { dynamic: true } : {}),
      ...addressMarks(readUint8(body, 0), flagsIn(body)),
    },
  };
}

/** Whether an address cannot be used yet. */
export function isTentative({ body }: Message): boolean {
  return (flagsIn(body) & tentative) !== 0;
}

function flagsIn(body: Uint8Array): number {
  return uint32At(find(body, addressAttributes.flags, addressHeader)) ?? readUint8(body, 2);
}

/** Asks for the neighbors of all links of a namespace. */
export function getNeighbors(): Request {
  return askForAll(neighborMessages.get, new Uint8Array(neighborHeader));
}

/** Makes a neighbor permanent, whatever was known of it. */
export function makeNeighbor(link: number, address: Uint8Array, mac: string): Request {
  const header = new Uint8Array(neighborHeader);
  writeUint8(header, familyNumbers[address.length === 4 ? 4 : 6], 0);
  writeInt32(header, link, 4);
  writeUint16(header, isPermanent, 8);
  return make(
    neighborMessages.make,
    creates | replaces,
    header,
    bytes(neighborAttributes.address, address),
    bytes(neighborAttributes.linkLayer, fromHex(mac.replaceAll(':', ''))),
  );
}

/** Reads a permanent neighbor; undefined: the message is about another one, or something else. */
export function toNeighbor({ type, body }: Message, nameOf: (index: number) => string): KernelNeighbor | undefined {
  if (type !== neighborMessages.make || (readUint16(body, 8) & isPermanent) === 0) return undefined;
  const address = find(body, neighborAttributes.address, neighborHeader);
  const mac = find(body, neighborAttributes.linkLayer, neighborHeader);
  if (address === undefined || mac === undefined) return undefined;
  return { address: addressText(address), link: nameOf(readInt32(body, 4)), mac: linkLayerText(mac, ethernet) };
}
