import { utf8, writeInt32, writeUint32, writeUint8 } from '#bytes';
import { text } from './message.ts';

// Numbers of linux/if_link.h and linux/rtnetlink.h that messages about links have.

/** RTM_…LINK: kinds of messages. */
export const linkMessages = { make: 16, delete: 17, get: 18, set: 19, addName: 108 } as const;

/** IFLA_…: attributes of a link. */
export const linkAttributes = {
  address: 1,
  name: 3,
  mtu: 4,
  /** Of a macvtap: the link that it stands on. */
  link: 5,
  master: 10,
  queueLength: 13,
  info: 18,
  alias: 20,
  counters: 23,
  ofFamily: 26,
  namespaceFile: 28,
  extent: 29,
  names: 52,
  altname: 53,
} as const;

/** IFLA_INFO_…: what the kind of a link says of it. */
export const infoAttributes = { kind: 1, data: 2 } as const;

/** IFLA_MACVLAN_MODE, and MACVLAN_MODE_… of linux/if_link.h. */
export const macvtapMode = 1;
export const macvtapModes = { private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 } as const;

/** IFF_UP, IFF_ALLMULTI and IFF_LOWER_UP of linux/if.h. */
export const linkFlags = { up: 0x1, allMulticast: 0x200, lowerUp: 0x1_0000 } as const;

/** AF_BRIDGE of linux/socket.h: what a message says is about bridges and their ports. */
export const bridgeFamily = 7;

/** Bytes of struct ifinfomsg. */
export const linkHeaderLength = 16;

/** The fixed part of a message about a link. */
interface LinkHeader {
  /** AF_…; left out, no family in particular. */
  readonly family?: number;
  /** Left out where an attribute says which link. */
  readonly index?: number;
  /** Those of `changed` that are to be on. */
  readonly flags?: number;
  readonly changed?: number;
}

/** Encodes the fixed part of a message about a link (struct ifinfomsg). */
export function linkHeader({ family = 0, index = 0, flags = 0, changed = 0 }: LinkHeader): Uint8Array {
  const header = new Uint8Array(linkHeaderLength);
  writeUint8(header, family, 0);
  writeInt32(header, index, 4);
  writeUint32(header, flags, 8);
  writeUint32(header, changed, 12);
  return header;
}

/** The longest name that is no altname (IFNAMSIZ of linux/if.h, less the zero byte). */
const longestName = 15;

/** Encodes the name or altname by which the kernel is to find a link. */
export function nameAttribute(name: string): Uint8Array {
  return text(utf8(name).length > longestName ? linkAttributes.altname : linkAttributes.name, name);
}
