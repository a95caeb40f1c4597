import { concat, readInt32, readUint16, writeInt32, writeUint16, writeUint8 } from '#bytes';
import { bytesOfHex } from './hex-bytes.ts';
import type { KernelNeighbor } from '../../model/pod-view.ts';
import { addressText, linkLayerText } from './address-text.ts';
import { bytes, find, type Message, type Request, wantsAll, wantsAnswer } from './message.ts';

/** RTM_…NEIGH of linux/rtnetlink.h. */
const neighborMessages = { make: 28, get: 30 } as const;

/** NDA_… of linux/neighbour.h. */
const neighborAttributes = { address: 1, linkLayer: 2 } as const;

/** Bytes of struct ndmsg. */
const headerLength = 12;

/** NUD_PERMANENT of linux/neighbour.h. */
const isPermanent = 0x80;

/** NLM_F_CREATE | NLM_F_REPLACE of linux/netlink.h. */
const replaces = 0x500;

/** ARPHRD_ETHER of linux/if_arp.h. */
const ethernet = 1;

/** Asks for the neighbors of all links of a namespace. */
export function getNeighbors(): Request {
  return { type: neighborMessages.get, flags: wantsAll, body: new Uint8Array(headerLength) };
}

/** Makes a neighbor permanent, whatever was known of it. */
export function makeNeighbor(link: number, address: Uint8Array, mac: string): Request {
  const header = new Uint8Array(headerLength);
  // AF_INET or AF_INET6 of sys/socket.h
  writeUint8(header, address.length === 4 ? 2 : 10, 0);
  writeInt32(header, link, 4);
  writeUint16(header, isPermanent, 8);
  const body = concat([
    header,
    bytes(neighborAttributes.address, address),
    bytes(neighborAttributes.linkLayer, bytesOfHex(mac.replaceAll(':', ''))),
  ]);
  return { type: neighborMessages.make, flags: wantsAnswer | replaces, body };
}

/** Reads a permanent neighbor; undefined: the message is about another one, or something else. */
export function toNeighbor({ type, body }: Message, nameOf: (index: number) => string): KernelNeighbor | undefined {
  if (type !== neighborMessages.make || (readUint16(body, 8) & isPermanent) === 0) return undefined;
  const address = find(body, neighborAttributes.address, headerLength);
  const mac = find(body, neighborAttributes.linkLayer, headerLength);
  if (address === undefined || mac === undefined) return undefined;
  return { address: addressText(address), link: nameOf(readInt32(body, 4)), mac: linkLayerText(mac, ethernet) };
}
