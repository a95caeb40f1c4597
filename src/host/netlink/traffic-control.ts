import { hex, readInt32, readUint16, writeInt32, writeUint32 } from '#bytes';
import type { Ingress, IngressFilter } from '../../model/pod-view.ts';
import { everyFrame, toDhcpClients } from './u32.ts';
import {
  ask,
  askForAll,
  attributes,
  bytes,
  find,
  fromHex,
  make,
  makesNew,
  type Message,
  nested,
  type Request,
  text,
  textIn,
} from './message.ts';

/** RTM_…QDISC and RTM_…TFILTER of linux/rtnetlink.h. */
const disciplines = { make: 36, delete: 37, get: 38 } as const;
const filters = { make: 44, delete: 45, get: 46 } as const;

/** TCA_… of linux/rtnetlink.h, TCA_U32_… and TCA_ACT_… of linux/pkt_cls.h. */
const controlAttributes = { kind: 1, options: 2 } as const;
const u32Attributes = { selector: 5, actions: 7 } as const;
const actionAttributes = { kind: 1, options: 2, cookie: 6 } as const;

/** TCA_MIRRED_PARMS of linux/tc_act/tc_mirred.h. */
const mirredParameters = 2;

/** TCA_BPF_NAME of linux/pkt_cls.h. */
const bpfName = 7;

/** TCA_…_ACT of linux/pkt_cls.h: where each kind of filter has its actions. */
const actionsOf: Readonly<Record<string, number>> = {
  basic: 3,
  bpf: 1,
  cgroup: 1,
  flow: 9,
  flower: 3,
  fw: 4,
  matchall: 2,
  route: 6,
  u32: u32Attributes.actions,
};

/** TC_H_INGRESS of linux/pkt_sched.h: the place of a queueing discipline at a link's ingress. */
const ingressPlace = 0xffff_fff1;

/** The handle that such a discipline always has. */
const ingressHandle = 0xffff_0000;

/** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS): the filters at a link's ingress, under either discipline. */
const ingressFilters = 0xffff_fff2;

/** ETH_P_ALL and ETH_P_IP of linux/if_ether.h, in network byte order. */
const [everyProtocol, ipv4] = [0x0300, 0x0008];

/** NLA_F_NESTED of linux/netlink.h. */
const isNested = 0x8000;

/** TC_ACT_STOLEN and TC_ACT_PIPE of linux/pkt_cls.h, with TCA_EGRESS_REDIR and TCA_EGRESS_MIRROR of linux/tc_act/tc_mirred.h. */
const redirects = { then: 4, direction: 1 } as const;
const mirrors = { then: 3, direction: 2 } as const;

/** NLM_F_ECHO of linux/netlink.h: without it, what is told of one discipline goes to those alone who listen to all. */
const wantsEcho = 0x8;

/** Bytes of struct tcmsg. */
const headerLength = 20;

/** The fixed part of a message about traffic control (struct tcmsg of linux/rtnetlink.h). */
interface ControlHeader {
  readonly link?: number;
  readonly handle?: number;
  readonly parent?: number;
  readonly info?: number;
}

/** Puts a queueing discipline at a link's ingress. */
export function addIngress(link: number): Request {
  return make(disciplines.make, makesNew, ...ingress(link));
}

/** Removes the queueing discipline at a link's ingress, with its filters. */
export function deleteIngress(link: number): Request {
  return ask(disciplines.delete, ...ingress(link));
}

/**
 * Asks for the queueing discipline at a link's ingress. A dump, as `tc` asks for one, would tell of all links: of a tap
 * with many queues alone, hundreds.
 */
export function getIngress(link: number): Request {
  return make(disciplines.get, wantsEcho, header({ link, parent: ingressPlace }));
}

/** Asks for the queueing disciplines of all links of a namespace. */
export function getDisciplines(): Request {
  return askForAll(disciplines.get, header({}));
}

/** Asks for the filters at a link's ingress. */
export function getFilters(link: number): Request {
  return askForAll(filters.get, header({ link, parent: ingressFilters }));
}

/** Removes what stands at one place among the filters of a link's ingress. */
export function deleteFilters(link: number, preference: number): Request {
  const info = preference * 0x1_0000;
  return ask(filters.delete, header({ link, parent: ingressFilters, info }));
}

/**
 * Lets every frame that comes in on a link go out on another, as Kata's own tcfilter model has it: u32 that matches all,
 * and mirred. The cookie is in hexadecimal digits.
 */
export function addRedirect(from: number, to: number, cookie: string): Request {
  return addMirred(from, mirred(to, redirects), cookie, everyProtocol, everyFrame());
}

/** Lets a copy of what a DHCP server sends to a client, and comes in on a link, go out on another. */
export function addDhcpMirror(from: number, to: number, cookie: string): Request {
  return addMirred(from, mirred(to, mirrors), cookie, ipv4, toDhcpClients());
}

function addMirred(
  from: number,
  parameters: Uint8Array,
  cookie: string,
  protocol: number,
  selects: Uint8Array,
): Request {
  const action = nested(
    1,
    text(actionAttributes.kind, 'mirred'),
    nested(actionAttributes.options | isNested, bytes(mirredParameters, parameters)),
    bytes(actionAttributes.cookie, fromHex(cookie)),
  );
  const options = nested(
    controlAttributes.options,
    nested(u32Attributes.actions, action),
    bytes(u32Attributes.selector, selects),
  );
  const fixed = header({ link: from, parent: ingressHandle, info: protocol });
  return make(filters.make, makesNew, fixed, text(controlAttributes.kind, 'u32'), options);
}

function ingress(link: number): readonly Uint8Array[] {
  return [header({ link, handle: ingressHandle, parent: ingressPlace }), text(controlAttributes.kind, 'ingress')];
}

function header({ link = 0, handle = 0, parent = 0, info = 0 }: ControlHeader): Uint8Array {
  const encoded = new Uint8Array(headerLength);
  writeInt32(encoded, link, 4);
  writeUint32(encoded, handle, 8);
  writeUint32(encoded, parent, 12);
  writeUint32(encoded, info, 16);
  return encoded;
}

// struct tc_mirred of linux/tc_act/tc_mirred.h
function mirred(link: number, { then, direction }: typeof mirrors | typeof redirects): Uint8Array {
  const parameters = new Uint8Array(28);
  writeInt32(parameters, then, 8);
  writeInt32(parameters, direction, 20);
  writeInt32(parameters, link, 24);
  return parameters;
}

/** A queueing discipline, with the number of its link. */
export interface DisciplineAnswer {
  readonly link: number;
  readonly kind: string;
}

/** Reads a queueing discipline at an ingress; undefined: the message is about another one, or something else. */
export function toIngressDiscipline({ type, body }: Message): DisciplineAnswer | undefined {
  if (type !== disciplines.make) return undefined;
  const kind = textAt(body, controlAttributes.kind, headerLength);
  return kind === 'ingress' || kind === 'clsact' ? { link: readInt32(body, 4), kind } : undefined;
}

/** What stands at a link's ingress, by what was told of its disciplines and of its filters. */
export function toIngress(
  ofDisciplines: readonly Message[],
  ofFilters: readonly Message[],
  nameOf: (index: number) => string,
): Ingress {
  const found = ofDisciplines.map(toIngressDiscipline).filter((one) => one !== undefined);
  return {
    disciplines: found.map(({ kind }) => kind),
    filters: ofFilters.map((filter) => toFilter(filter, nameOf)).filter((filter) => filter !== undefined),
  };
}

// undefined: the message is about the place of filters alone, or about something else.
function toFilter({ type, body }: Message, nameOf: (index: number) => string): IngressFilter | undefined {
  const options = find(body, controlAttributes.options, headerLength);
  if (type !== filters.make || options === undefined) return undefined;
  const kind = textAt(body, controlAttributes.kind, headerLength) ?? '';
  // u32 has tables too; only what matches counts.
  if (kind === 'u32' && find(options, u32Attributes.selector) === undefined) return undefined;
  return {
    kind,
    name: kind === 'bpf' ? textAt(options, bpfName) : undefined,
    // In the upper half; the lower one has the protocol.
    preference: readUint16(body, 18),
    ...redirectIn(find(options, actionsOf[kind] ?? 0), nameOf),
  };
}

function redirectIn(
  actions: Uint8Array | undefined,
  nameOf: (index: number) => string,
): Pick<IngressFilter, 'cookie' | 'mirrors' | 'redirectsTo'> {
  for (const { value: action } of actions === undefined ? [] : attributes(actions)) {
    const options = find(action, actionAttributes.options);
    if (textAt(action, actionAttributes.kind) !== 'mirred' || options === undefined) continue;
    const parameters = find(options, mirredParameters);
    const cookie = find(action, actionAttributes.cookie);
    return {
      redirectsTo: parameters === undefined ? undefined : nameOf(readInt32(parameters, 24)),
      cookie: cookie === undefined ? undefined : hex(cookie),
      ...(parameters !== undefined && readInt32(parameters, 20) === mirrors.direction ? { mirrors: true } : {}),
    };
  }
  return { redirectsTo: undefined, cookie: undefined };
}

function textAt(message: Uint8Array, attribute: number, start = 0): string | undefined {
  const value = find(message, attribute, start);
  return value === undefined ? undefined : textIn(value);
}
