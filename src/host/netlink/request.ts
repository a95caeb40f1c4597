import { utf8 } from '#bytes';
import type { KernelOperation } from '../../model/operation.ts';
import {
  infoAttributes,
  linkAttributes,
  linkFlags,
  linkHeader,
  linkMessages,
  macvtapMode,
  macvtapModes,
  nameAttribute,
} from './link-attributes.ts';
import { ask, bytes, fromHex, make, makesNew, nested, type Request, text, u32 } from './message.ts';
import { addIngress, addDhcpMirror, addRedirect, deleteFilters, deleteIngress } from './traffic-control.ts';
import { addVlans, deleteVlan } from './vlans.ts';

/** The operation of one kind. */
export type OperationOf<Op extends KernelOperation['op']> = Extract<KernelOperation, { readonly op: Op }>;

/** An operation that is one message. Taps are made, and switches of the kernel written, in another way. */
export type MessageOperation = Exclude<KernelOperation, { readonly op: 'addresses-flush' | 'ipv6-off' | 'tap-add' }>;

/** What a message has beside its operation. */
export interface Numbers {
  /** The number of a link of the operation's namespace. */
  readonly indexOf: (name: string) => number;
  /** The pod's namespace, an open file. */
  readonly podFile: () => number;
}

/** NLM_F_APPEND of linux/netlink.h: a further name, beside those that there are. */
const appends = 0x800;

/** NLA_F_NESTED of linux/netlink.h, which only newer attributes have to bear. */
const isNested = 0x8000;

/** VETH_INFO_PEER of linux/veth.h. */
const peer = 1;

/** The message of an operation. */
export function requestOf(operation: MessageOperation, { indexOf, podFile }: Numbers): Request {
  switch (operation.op) {
    case 'veth-add':
      return addVeth(operation, podFile());
    case 'macvtap-add':
      return addMacvtap(operation, indexOf(operation.master));
    case 'link-set':
      return setLink(operation, indexOf(operation.name));
    case 'altname-add': {
      const altname = text(linkAttributes.altname, operation.altname);
      const header = linkHeader({ index: indexOf(operation.name) });
      const flags = makesNew | appends;
      return make(linkMessages.addName, flags, header, nested(linkAttributes.names | isNested, altname));
    }
    case 'rename':
      return changeLink(indexOf(operation.name), text(linkAttributes.name, operation.to));
    case 'master':
      return changeLink(indexOf(operation.name), u32(linkAttributes.master, indexOf(operation.master)));
    case 'allmulticast':
      return switchOn(indexOf(operation.name), linkFlags.allMulticast);
    case 'up':
      return switchOn(indexOf(operation.name), linkFlags.up);
    case 'link-del':
      return deleteLink(operation.name);
    case 'vlan-del':
      return deleteVlan(indexOf(operation.name), operation.vlan);
    case 'vlan-add':
      return addVlans(indexOf(operation.name), operation.vlans, operation.untagged);
    case 'ingress-add':
      return addIngress(indexOf(operation.name));
    case 'ingress-del':
      return deleteIngress(indexOf(operation.name));
    case 'filter-del':
      return deleteFilters(indexOf(operation.name), operation.preference);
    case 'dhcp-mirror':
      return addDhcpMirror(indexOf(operation.from), indexOf(operation.to), operation.cookie);
    case 'redirect':
      return addRedirect(indexOf(operation.from), indexOf(operation.to), operation.cookie);
    default:
      return operation satisfies never;
  }
}

/**
 * Deletes the link that has a name or altname. The kernel finds and deletes it in one step, unlike `ip`, which asks for its
 * number first: what has the name is what goes.
 */
export function deleteLink(name: string): Request {
  return ask(linkMessages.delete, linkHeader({}), nameAttribute(name));
}

function setLink({ address, mtu, alias, queueLength }: OperationOf<'link-set'>, index: number): Request {
  return changeLink(
    index,
    ...(address === undefined ? [] : [mac(address)]),
    ...(mtu === undefined ? [] : [u32(linkAttributes.mtu, mtu)]),
    ...(alias === undefined ? [] : [bytes(linkAttributes.alias, utf8(alias))]),
    ...(queueLength === undefined ? [] : [u32(linkAttributes.queueLength, queueLength)]),
  );
}

// The other end of the pair is in the namespace of an open file.
function addVeth({ host, pod, mtu }: OperationOf<'veth-add'>, namespace: number): Request {
  const other = nested(
    peer,
    linkHeader({}),
    u32(linkAttributes.mtu, mtu),
    mac(pod.mac),
    u32(linkAttributes.namespaceFile, namespace),
    text(linkAttributes.name, pod.name),
  );
  return addLink('veth', other, u32(linkAttributes.mtu, mtu), mac(host.mac), text(linkAttributes.name, host.name));
}

function addMacvtap({ name, mac: address, mtu, mode }: OperationOf<'macvtap-add'>, master: number): Request {
  return addLink(
    'macvtap',
    u32(macvtapMode, macvtapModes[mode]),
    u32(linkAttributes.mtu, mtu),
    mac(address),
    u32(linkAttributes.link, master),
    text(linkAttributes.name, name),
  );
}

function addLink(kind: string, data: Uint8Array, ...attributes: readonly Uint8Array[]): Request {
  const info = nested(linkAttributes.info, bytes(infoAttributes.kind, utf8(kind)), nested(infoAttributes.data, data));
  return make(linkMessages.make, makesNew, linkHeader({}), ...attributes, info);
}

function changeLink(index: number, ...attributes: readonly Uint8Array[]): Request {
  return ask(linkMessages.make, linkHeader({ index }), ...attributes);
}

function switchOn(index: number, flags: number): Request {
  return ask(linkMessages.make, linkHeader({ index, flags, changed: flags }));
}

function mac(address: string): Uint8Array {
  return bytes(linkAttributes.address, fromHex(address.replaceAll(':', '')));
}
