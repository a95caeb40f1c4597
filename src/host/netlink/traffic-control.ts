import { fromHex, hex, readInt32, readUint16, readUint32, words } from '#bytes';
import type { TokenBucket } from '../../model/bandwidth.ts';
import type { Ingress, IngressFilter } from '../../model/pod-view.ts';
import {
  ask,
  askForAll,
  bytes,
  find,
  make,
  type Message,
  nested,
  type Request,
  text,
  textIn,
  valuesIn,
} from './message.ts';
import {
  actionAttributes,
  bpfName,
  ethernetLayer,
  flags,
  headerLengths,
  ingress,
  isNested,
  mirredParameters,
  root,
  rtm,
  tbf,
  tca,
  tickLength,
  u32Attributes,
} from './numbers.ts';
import { everyFrame, toDhcpClients } from './u32.ts';

/** TCA_…_ACT of linux/pkt_cls.h: the attribute with the actions, by kind of filter. */
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

/** ETH_P_ALL and ETH_P_IP of linux/if_ether.h, in network byte order. */
const [everyProtocol, ipv4] = [0x0300, 0x0008];

/**
 * TC_ACT_STOLEN and TC_ACT_PIPE of linux/pkt_cls.h, TCA_EGRESS_REDIR and TCA_EGRESS_MIRROR of linux/tc_act/tc_mirred.h.
 */
const redirects = { then: 4, direction: 1 } as const;
const mirrors = { then: 3, direction: 2 } as const;

/** Adds the queueing discipline at a link's ingress. */
export function addIngress(link: number): Request {
  return make(rtm.discipline.make, flags.makesNew, ...ofIngress(link));
}

/** Removes the queueing discipline at a link's ingress, with its filters. */
export function deleteIngress(link: number): Request {
  return ask(rtm.discipline.delete, ...ofIngress(link));
}

/**
 * Asks for the queueing discipline at a link's ingress. A dump, which `tc` requests, would cover all links; a single
 * tap with many queues has hundreds of disciplines.
 */
export function getIngress(link: number): Request {
  return make(rtm.discipline.get, flags.wantsEcho, header(link, 0, ingress.place));
}

/** The highest 32-bit number. */
const most32 = 0xffff_ffff;

/**
 * Adds a token bucket filter for what a link sends. It omits the rate table that `tc` sends: the kernel computes the
 * times itself if it knows the link layer.
 */
export function addTokenBucket(link: number, { rate, burst, limit }: TokenBucket): Request {
  // struct tc_tbf_qopt of linux/pkt_sched.h: two rates, the second unused, then limit, buffer, MTU.
  const parameters = words(
    ...[ethernetLayer * 0x100, 0, Math.min(rate, most32), 0, 0, 0],
    ...[limit, Math.min(Math.floor((burst * 1e9) / rate / tickLength), most32), 0],
  );
  const options = nested(
    tca.options,
    bytes(tbf.parameters, parameters),
    bytes(tbf.burst, words(burst)),
    ...(rate > most32 ? [bytes(tbf.rate64, words(rate % 2 ** 32, Math.floor(rate / 2 ** 32)))] : []),
  );
  return make(
    rtm.discipline.make,
    flags.makesNew,
    header(link, root.handle, root.place),
    text(tca.kind, 'tbf'),
    options,
  );
}

/** Asks for the queueing discipline of what a link sends. */
export function getRoot(link: number): Request {
  return make(rtm.discipline.get, flags.wantsEcho, header(link, 0, root.place));
}

/** Reads a token bucket filter; undefined if the message is about another discipline, or something else. */
export function toTokenBucket({ type, body }: Message): Pick<TokenBucket, 'burst' | 'rate'> | undefined {
  const options = find(body, tca.options, headerLengths.control);
  if (type !== rtm.discipline.make || options === undefined) return undefined;
  const parameters =
    textAt(body, tca.kind, headerLengths.control) === 'tbf' ? find(options, tbf.parameters) : undefined;
  if (parameters === undefined) return undefined;
  const high = find(options, tbf.rate64);
  const rate = high === undefined ? readUint32(parameters, 8) : readUint32(high, 0) + readUint32(high, 4) * 2 ** 32;
  return { rate, burst: Math.round((readUint32(parameters, 28) * tickLength * rate) / 1e9) };
}

/** Asks for the queueing disciplines of all links in a namespace. */
export function getDisciplines(): Request {
  return askForAll(rtm.discipline.get, header(0));
}

/** Asks for the filters at a link's ingress. */
export function getFilters(link: number): Request {
  return askForAll(rtm.filter.get, header(link, 0, ingress.filters));
}

/** Removes the filters with one preference at a link's ingress. */
export function deleteFilters(link: number, preference: number): Request {
  return ask(rtm.filter.delete, header(link, 0, ingress.filters, preference * 0x1_0000));
}

/**
 * Sends every frame that arrives on a link out of another, like Kata's own tcfilter model: a u32 filter that matches
 * everything, and mirred. The cookie is in hexadecimal digits.
 */
export function addRedirect(from: number, to: number, cookie: string): Request {
  return addMirred(header(from, 0, ingress.handle, everyProtocol), everyFrame, mirred(to, redirects), cookie);
}

/** Sends a copy of each frame that arrives on a link from a DHCP server to a client out of another link. */
export function addDhcpMirror(from: number, to: number, cookie: string): Request {
  return addMirred(header(from, 0, ingress.handle, ipv4), toDhcpClients, mirred(to, mirrors), cookie);
}

function addMirred(fixed: Uint8Array, selector: Uint8Array, parameters: Uint8Array, cookie: string): Request {
  const action = nested(
    1,
    text(actionAttributes.kind, 'mirred'),
    nested(actionAttributes.options | isNested, bytes(mirredParameters, parameters)),
    bytes(actionAttributes.cookie, fromHex(cookie)),
  );
  const options = nested(tca.options, nested(u32Attributes.actions, action), bytes(u32Attributes.selector, selector));
  return make(rtm.filter.make, flags.makesNew, fixed, text(tca.kind, 'u32'), options);
}

// struct tc_mirred of linux/tc_act/tc_mirred.h
function mirred(link: number, { then, direction }: typeof mirrors | typeof redirects): Uint8Array {
  return words(0, 0, then, 0, 0, direction, link);
}

function ofIngress(link: number): readonly Uint8Array[] {
  return [header(link, ingress.handle, ingress.place), text(tca.kind, 'ingress')];
}

// struct tcmsg of linux/rtnetlink.h
function header(link: number, handle = 0, parent = 0, info = 0): Uint8Array {
  return words(0, link, handle, parent, info);
}

/** A queueing discipline with the index of its link. */
export interface DisciplineAnswer {
  readonly link: number;
  readonly kind: string;
}

/** Reads a queueing discipline at an ingress; undefined if the message is about another one, or something else. */
export function toIngressDiscipline({ type, body }: Message): DisciplineAnswer | undefined {
  if (type !== rtm.discipline.make) return undefined;
  const kind = textAt(body, tca.kind, headerLengths.control);
  return kind === 'ingress' || kind === 'clsact' ? { link: readInt32(body, 4), kind } : undefined;
}

/** What is at a link's ingress, from the messages about its disciplines and its filters. */
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

// undefined if the message has no filter, only the filters' parent, or is about something else.
function toFilter({ type, body }: Message, nameOf: (index: number) => string): IngressFilter | undefined {
  const options = find(body, tca.options, headerLengths.control);
  if (type !== rtm.filter.make || options === undefined) return undefined;
  const kind = textAt(body, tca.kind, headerLengths.control) ?? '';
  // u32 also has tables. Only entries that match something count.
  if (kind === 'u32' && find(options, u32Attributes.selector) === undefined) return undefined;
  return {
    kind,
    name: kind === 'bpf' ? textAt(options, bpfName) : undefined,
    // The upper half is the preference, the lower half is the protocol.
    preference: readUint16(body, 18),
    ...redirectIn(find(options, actionsOf[kind] ?? 0), nameOf),
  };
}

function redirectIn(
  actions: Uint8Array | undefined,
  nameOf: (index: number) => string,
): Pick<IngressFilter, 'cookie' | 'mirrors' | 'redirectsTo'> {
  for (const action of actions === undefined ? [] : valuesIn(actions)) {
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
