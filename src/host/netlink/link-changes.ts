import { concat, utf8 } from '#bytes';
import { bytesOfHex } from './hex-bytes.ts';
import type { KernelOperation } from '../../model/operation.ts';
import { infoAttributes, linkAttributes, linkHeader, linkMessages, nameAttribute } from './link-attributes.ts';
import { bytes, makesNew, nested, type Request, text, u32, wantsAnswer } from './message.ts';

/** The operation of one kind. */
export type OperationOf<Op extends KernelOperation['op']> = Extract<KernelOperation, { readonly op: Op }>;

/** IFF_UP of linux/if.h. */
const up = 0x1;

/** IFF_ALLMULTI of linux/if.h. */
const allMulticast = 0x200;

/** NLM_F_APPEND of linux/netlink.h: a further name, beside those that there are. */
const appends = 0x800;

/** NLA_F_NESTED of linux/netlink.h, which only newer attributes have to bear. */
const isNested = 0x8000;

/** VETH_INFO_PEER of linux/veth.h. */
const peer = 1;

/** IFLA_MACVLAN_MODE of linux/if_link.h. */
const macvtapMode = 1;

/** MACVLAN_MODE_… of linux/if_link.h. */
const macvtapModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;

/** Sets what an operation names of a link. */
export function setLink(index: number, { address, mtu, alias, queueLength }: OperationOf<'link-set'>): Request {
  return change(
    index,
    ...(address === undefined ? [] : [bytes(linkAttributes.address, macBytes(address))]),
    ...(mtu === undefined ? [] : [u32(linkAttributes.mtu, mtu)]),
    ...(alias === undefined ? [] : [bytes(linkAttributes.alias, utf8(alias))]),
    ...(queueLength === undefined ? [] : [u32(linkAttributes.queueLength, queueLength)]),
  );
}

/** Gives a link one more name. */
export function addAltname(index: number, altname: string): Request {
  return {
    type: linkMessages.addName,
    flags: wantsAnswer | makesNew | appends,
    body: concat([
      linkHeader({ index }),
      nested(linkAttributes.names | isNested, text(linkAttributes.altname, altname)),
    ]),
  };
}

/** Gives a link another name. */
export function rename(index: number, to: string): Request {
  return change(index, text(linkAttributes.name, to));
}

/** Makes a link a port of another. */
export function setMaster(index: number, master: number): Request {
  return change(index, u32(linkAttributes.master, master));
}

/** Lets a link hear every multicast frame. */
export function hearMulticast(index: number): Request {
  return switchOn(index, allMulticast);
}

/** Brings a link up. */
export function bringUp(index: number): Request {
  return switchOn(index, up);
}

/** Makes a veth pair whose other end is in the namespace of an open file. */
export function addVeth({ host, pod, mtu }: OperationOf<'veth-add'>, namespace: number): Request {
  const ofPeer = nested(
    peer,
    linkHeader({}),
    u32(linkAttributes.mtu, mtu),
    bytes(linkAttributes.address, macBytes(pod.mac)),
    u32(linkAttributes.namespaceFile, namespace),
    text(linkAttributes.name, pod.name),
  );
  return make(
    u32(linkAttributes.mtu, mtu),
    bytes(linkAttributes.address, macBytes(host.mac)),
    text(linkAttributes.name, host.name),
    nested(linkAttributes.info, kind('veth'), nested(infoAttributes.data, ofPeer)),
  );
}

/** Makes a macvtap on a link. */
export function addMacvtap({ name, mac, mtu, mode }: OperationOf<'macvtap-add'>, master: number): Request {
  return make(
    u32(linkAttributes.mtu, mtu),
    bytes(linkAttributes.address, macBytes(mac)),
    u32(linkAttributes.link, master),
    text(linkAttributes.name, name),
    nested(linkAttributes.info, kind('macvtap'), nested(infoAttributes.data, u32(macvtapMode, macvtapModes[mode]))),
  );
}

/**
 * Deletes the link that has a name or altname. The kernel finds and deletes it in one step, unlike `ip`, which asks for its
 * number first: what has the name is what goes.
 */
export function deleteLink(name: string): Request {
  const body = concat([linkHeader({}), nameAttribute(name)]);
  return { type: linkMessages.delete, flags: wantsAnswer, body };
}

function change(index: number, ...attributes: readonly Uint8Array[]): Request {
  const body = concat([linkHeader({ index }), ...attributes]);
  return { type: linkMessages.make, flags: wantsAnswer, body };
}

function switchOn(index: number, flags: number): Request {
  return { type: linkMessages.make, flags: wantsAnswer, body: linkHeader({ index, flags, changed: flags }) };
}

function make(...attributes: readonly Uint8Array[]): Request {
  const body = concat([linkHeader({}), ...attributes]);
  return { type: linkMessages.make, flags: wantsAnswer | makesNew, body };
}

function kind(name: string): Uint8Array {
  return bytes(infoAttributes.kind, utf8(name));
}

function macBytes(mac: string): Uint8Array {
  return bytesOfHex(mac.replaceAll(':', ''));
}
