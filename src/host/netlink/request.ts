import { utf8 } from '#bytes';
import type { KernelOperation } from '../../model/operation.ts';
import { linkHeader, nameAttribute } from './links.ts';
import { ask, bytes, fromHex, make, nested, type Request, text, u32 } from './message.ts';
import {
  flags,
  ifla,
  infoAttributes,
  isNested,
  linkFlags,
  macvtapMode,
  macvtapModes,
  rtm,
  vethPeer,
} from './numbers.ts';
import { addIngress, addRedirect, deleteFilters, deleteIngress } from './traffic-control.ts';
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
      const altname = text(ifla.altname, operation.altname);
      const header = linkHeader(indexOf(operation.name));
      return make(rtm.link.addName, flags.makesNew | flags.appends, header, nested(ifla.names | isNested, altname));
    }
    case 'rename':
      return changeLink(indexOf(operation.name), text(ifla.name, operation.to));
    case 'master':
      return changeLink(indexOf(operation.name), u32(ifla.master, indexOf(operation.master)));
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
  return ask(rtm.link.delete, linkHeader(), nameAttribute(name));
}

function setLink({ address, mtu, alias, queueLength }: OperationOf<'link-set'>, index: number): Request {
  return changeLink(
    index,
    ...(address === undefined ? [] : [mac(address)]),
    ...(mtu === undefined ? [] : [u32(ifla.mtu, mtu)]),
    ...(alias === undefined ? [] : [bytes(ifla.alias, utf8(alias))]),
    ...(queueLength === undefined ? [] : [u32(ifla.queueLength, queueLength)]),
  );
}

// The other end of the pair is in the namespace of an open file.
function addVeth({ host, pod, mtu }: OperationOf<'veth-add'>, namespace: number): Request {
  const other = nested(
    vethPeer,
    linkHeader(),
    u32(ifla.mtu, mtu),
    mac(pod.mac),
    u32(ifla.namespaceFile, namespace),
    text(ifla.name, pod.name),
  );
  return addLink('veth', other, u32(ifla.mtu, mtu), mac(host.mac), text(ifla.name, host.name));
}

function addMacvtap({ name, mac: address, mtu, mode }: OperationOf<'macvtap-add'>, master: number): Request {
  return addLink(
    'macvtap',
    u32(macvtapMode, macvtapModes[mode]),
    u32(ifla.mtu, mtu),
    mac(address),
    u32(ifla.link, master),
    text(ifla.name, name),
  );
}

function addLink(kind: string, data: Uint8Array, ...attributes: readonly Uint8Array[]): Request {
  const info = nested(ifla.info, bytes(infoAttributes.kind, utf8(kind)), nested(infoAttributes.data, data));
  return make(rtm.link.make, flags.makesNew, linkHeader(), ...attributes, info);
}

function changeLink(index: number, ...attributes: readonly Uint8Array[]): Request {
  return ask(rtm.link.make, linkHeader(index), ...attributes);
}

function switchOn(index: number, on: number): Request {
  return ask(rtm.link.make, linkHeader(index, 0, on, on));
}

function mac(address: string): Uint8Array {
  return bytes(ifla.address, fromHex(address.replaceAll(':', '')));
}
