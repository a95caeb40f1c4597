import { fromHex, utf8 } from '#bytes';
import type { KernelOperation, OperationOf } from '../../model/operation.ts';
import { linkHeader, nameAttribute } from './links.ts';
import { ask, bytes, make, nested, type Request, text, u32 } from './message.ts';
import {
  flags,
  ifla,
  infoAttributes,
  isNested,
  linkFlags,
  macvtapMode,
  macvtapModes,
  portHairpin,
  rtm,
  vethPeer,
} from './numbers.ts';
import {
  addDhcpMirror,
  addIngress,
  addRedirect,
  addTokenBucket,
  deleteFilters,
  deleteIngress,
} from './traffic-control.ts';
import { addVlans, deleteVlan } from './vlans.ts';

/** An operation that is one message. Taps and sysctls need other means. */
export type MessageOperation = Exclude<KernelOperation, { readonly op: 'addresses-flush' | 'ipv6-off' | 'tap-add' }>;

/** What a message needs besides its operation. */
export interface Numbers {
  /** The index of a link in the operation's namespace. */
  readonly indexOf: (name: string) => number;
  /** The pod's namespace, an open file. */
  readonly podFile: () => number;
}

/** The message of an operation. */
export function requestOf(operation: MessageOperation, numbers: Numbers): Request {
  return requestFor(operation.op, operation, numbers);
}

type MessageOp = MessageOperation['op'];

function requestFor<Op extends MessageOp>(op: Op, operation: OperationOf<Op>, numbers: Numbers): Request {
  return requests[op](operation, numbers);
}

const requests: { readonly [Op in MessageOp]: (operation: OperationOf<Op>, numbers: Numbers) => Request } = {
  'veth-add': (pair, { podFile }) => addVeth(pair, pair.far.in === 'pod' ? podFile() : undefined),
  'macvtap-add': (macvtap, { indexOf }) => addMacvtap(macvtap, indexOf(macvtap.master)),
  'ifb-add': addIfb,
  'tbf-add': (bucket, { indexOf }) => addTokenBucket(indexOf(bucket.name), bucket),
  'link-set': (settings, { indexOf }) => setLink(settings, indexOf(settings.name)),
  'altname-add': ({ name, altname }, { indexOf }) => {
    const names = nested(ifla.names | isNested, text(ifla.altname, altname));
    return make(rtm.link.addName, flags.makesNew | flags.appends, linkHeader(indexOf(name)), names);
  },
  rename: ({ name, to }, { indexOf }) => changeLink(indexOf(name), text(ifla.name, to)),
  master: ({ name, master }, { indexOf }) => changeLink(indexOf(name), u32(ifla.master, indexOf(master))),
  'hairpin-on': ({ name }, { indexOf }) => sendBack(indexOf(name)),
  allmulticast: ({ name }, { indexOf }) => switchOn(indexOf(name), linkFlags.allMulticast),
  up: ({ name }, { indexOf }) => switchOn(indexOf(name), linkFlags.up),
  'link-del': ({ name }) => deleteLink(name),
  'vlan-del': ({ name, vlan }, { indexOf }) => deleteVlan(indexOf(name), vlan),
  'vlan-add': ({ name, vlans, untagged }, { indexOf }) => addVlans(indexOf(name), vlans, untagged),
  'ingress-add': ({ name }, { indexOf }) => addIngress(indexOf(name)),
  'ingress-del': ({ name }, { indexOf }) => deleteIngress(indexOf(name)),
  'filter-del': ({ name, preference }, { indexOf }) => deleteFilters(indexOf(name), preference),
  'dhcp-mirror': ({ from, to, cookie }, { indexOf }) => addDhcpMirror(indexOf(from), indexOf(to), cookie),
  redirect: ({ from, to, cookie }, { indexOf }) => addRedirect(indexOf(from), indexOf(to), cookie),
};

/**
 * Deletes the link with a name or altname. The kernel finds and deletes it in one step, so it deletes exactly the link
 * that has the name. `ip` looks up the index first.
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

// The other end of the pair is in the namespace of an open file, or in the same one.
function addVeth({ host, far, mtu }: OperationOf<'veth-add'>, namespace: number | undefined): Request {
  const other = nested(
    vethPeer,
    linkHeader(),
    u32(ifla.mtu, mtu),
    mac(far.mac),
    ...(namespace === undefined ? [] : [u32(ifla.namespaceFile, namespace)]),
    text(ifla.name, far.name),
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

function addIfb({ name, mac: address, mtu }: OperationOf<'ifb-add'>): Request {
  const info = nested(ifla.info, bytes(infoAttributes.kind, utf8('ifb')));
  return make(
    rtm.link.make,
    flags.makesNew,
    linkHeader(),
    u32(ifla.mtu, mtu),
    mac(address),
    text(ifla.name, name),
    info,
  );
}

function addLink(kind: string, data: Uint8Array, ...attributes: readonly Uint8Array[]): Request {
  const info = nested(ifla.info, bytes(infoAttributes.kind, utf8(kind)), nested(infoAttributes.data, data));
  return make(rtm.link.make, flags.makesNew, linkHeader(), ...attributes, info);
}

function changeLink(index: number, ...attributes: readonly Uint8Array[]): Request {
  return ask(rtm.link.make, linkHeader(index), ...attributes);
}

// `ip` also names the kind "bridge_slave", for which newer kernels try to load a module.
function sendBack(index: number): Request {
  const { slaveKind, slaveData } = infoAttributes;
  const data = nested(slaveData, bytes(portHairpin, Uint8Array.of(1)));
  return changeLink(index, nested(ifla.info, bytes(slaveKind, utf8('bridge')), data));
}

function switchOn(index: number, on: number): Request {
  return ask(rtm.link.make, linkHeader(index, 0, on, on));
}

function mac(address: string): Uint8Array {
  return bytes(ifla.address, fromHex(address.replaceAll(':', '')));
}
