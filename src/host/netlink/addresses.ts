import { readUint32, readUint8, writeUint8 } from '#bytes';
import type { LinkAddress } from '../../model/link.ts';
import { addressText } from './address-text.ts';
import { find, uint32Of, type Message, type Request, wantsAll, wantsAnswer } from './message.ts';
import { scopeText } from './names.ts';

/** RTM_…ADDR of linux/rtnetlink.h. */
const addressMessages = { make: 20, delete: 21, get: 22 } as const;

/** IFA_… of linux/if_addr.h. */
const addressAttributes = { address: 1, local: 2, flags: 8 } as const;

/** Bytes of struct ifaddrmsg. */
const headerLength = 8;

/** IFA_F_PERMANENT of linux/if_addr.h: it does not go by itself. */
const isPermanent = 0x80;

/** IFA_F_TENTATIVE of linux/if_addr.h: whether somebody else has it is not known yet. */
const tentative = 0x40;

/** An address of a link. */
export interface AddressAnswer {
  /** The number of its link. */
  readonly link: number;
  readonly address: LinkAddress;
}

/** Asks for the addresses of all links of a namespace, of one family or of all. */
export function getAddresses(family = 0): Request {
  const body = new Uint8Array(headerLength);
  writeUint8(body, family, 0);
  return { type: addressMessages.get, flags: wantsAll, body };
}

/** Takes an address from its link, as it was told. */
export function deleteAddress({ body }: Message): Request {
  return { type: addressMessages.delete, flags: wantsAnswer, body };
}

/** Gives a link an address, as it was told. */
export function makeAddress({ body }: Message): Request {
  // NLM_F_CREATE
  return { type: addressMessages.make, flags: wantsAnswer | 0x400, body };
}

/** Reads an address; undefined: the message is about something else. */
export function toAddressAnswer({ type, body }: Message): AddressAnswer | undefined {
  if (type !== addressMessages.make) return undefined;
  // The far end of a link between two has its own attribute, and then `address` is that.
  const own = find(body, addressAttributes.local, headerLength) ?? find(body, addressAttributes.address, headerLength);
  if (own === undefined) return undefined;
  return {
    link: readUint32(body, 4),
    address: {
      cidr: `${addressText(own)}/${readUint8(body, 1)}`,
      scope: scopeText(readUint8(body, 3)),
      ...((flagsOf(body) & isPermanent) === 0 ? { dynamic: true } : {}),
    },
  };
}

/** Whether an address cannot be used yet. */
export function isTentative({ body }: Message): boolean {
  return (flagsOf(body) & tentative) !== 0;
}

function flagsOf(body: Uint8Array): number {
  return uint32Of(find(body, addressAttributes.flags, headerLength)) ?? readUint8(body, 2);
}
