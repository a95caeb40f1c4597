import { concat, writeInt32, writeUint32, writeUint8 } from '#bytes';
import { bytesOfHex } from './hex-bytes.ts';
import { bytes, makesNew, nested, type Request, text, wantsAll, wantsAnswer } from './message.ts';
import {
  actionAttributes,
  controlAttributes,
  controlMessages,
  mirredParameters,
  u32Attributes,
} from './control-attributes.ts';

/** TC_H_INGRESS of linux/pkt_sched.h: the place of a queueing discipline at a link's ingress. */
const ingressPlace = 0xffff_fff1;

/** The handle that such a discipline always has. */
const ingressHandle = 0xffff_0000;

/** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS): the filters at a link's ingress, under either discipline. */
const ingressFilters = 0xffff_fff2;

/** ETH_P_ALL of linux/if_ether.h, in network byte order. */
const everyProtocol = 0x0300;

/** NLA_F_NESTED of linux/netlink.h. */
const isNested = 0x8000;

/** TC_ACT_STOLEN of linux/pkt_cls.h and TCA_EGRESS_REDIR of linux/tc_act/tc_mirred.h. */
const stolen = 4;
const egressRedirect = 1;

/** TC_U32_TERMINAL of linux/pkt_cls.h. */
const isTerminal = 1;

/** NLM_F_ECHO of linux/netlink.h: without it, what is told of one discipline goes to those alone who listen to all. */
const wantsEcho = 0x8;

/** The fixed part of a message about traffic control (struct tcmsg of linux/rtnetlink.h). */
interface ControlHeader {
  readonly link?: number;
  readonly handle?: number;
  readonly parent?: number;
  readonly info?: number;
}

/** Puts a queueing discipline at a link's ingress. */
export function addIngress(link: number): Request {
  return { type: controlMessages.makeDiscipline, flags: wantsAnswer | makesNew, body: ingress(link) };
}

/** Removes the queueing discipline at a link's ingress, with its filters. */
export function deleteIngress(link: number): Request {
  return { type: controlMessages.deleteDiscipline, flags: wantsAnswer, body: ingress(link) };
}

/**
 * Asks for the queueing discipline at a link's ingress. A dump, as `tc` asks for one, would tell of all links: of a tap
 * with many queues alone, hundreds.
 */
export function getIngress(link: number): Request {
  const body = header({ link, parent: ingressPlace });
  return { type: controlMessages.getDiscipline, flags: wantsAnswer | wantsEcho, body };
}

/** Asks for the queueing disciplines of all links of a namespace. */
export function getDisciplines(): Request {
  return { type: controlMessages.getDiscipline, flags: wantsAll, body: header({}) };
}

/** Asks for the filters at a link's ingress. */
export function getFilters(link: number): Request {
  return { type: controlMessages.getFilter, flags: wantsAll, body: header({ link, parent: ingressFilters }) };
}

/** Removes what stands at one place among the filters of a link's ingress. */
export function deleteFilters(link: number, preference: number): Request {
  const body = header({ link, parent: ingressFilters, info: preference * 0x1_0000 });
  return { type: controlMessages.deleteFilter, flags: wantsAnswer, body };
}

/**
 * Lets every frame that comes in on a link go out on another, as Kata's own tcfilter model has it: u32 that matches all,
 * and mirred. The cookie is in hexadecimal digits.
 */
export function addRedirect(from: number, to: number, cookie: string): Request {
  const action = nested(
    1,
    text(actionAttributes.kind, 'mirred'),
    nested(actionAttributes.options | isNested, bytes(mirredParameters, redirectTo(to))),
    bytes(actionAttributes.cookie, bytesOfHex(cookie)),
  );
  const body = concat([
    header({ link: from, parent: ingressHandle, info: everyProtocol }),
    text(controlAttributes.kind, 'u32'),
    nested(
      controlAttributes.options,
      nested(u32Attributes.actions, action),
      bytes(u32Attributes.selector, everyFrame()),
    ),
  ]);
  return { type: controlMessages.makeFilter, flags: wantsAnswer | makesNew, body };
}

function ingress(link: number): Uint8Array {
  return concat([
    header({ link, handle: ingressHandle, parent: ingressPlace }),
    text(controlAttributes.kind, 'ingress'),
  ]);
}

function header({ link = 0, handle = 0, parent = 0, info = 0 }: ControlHeader): Uint8Array {
  const bytesOf = new Uint8Array(20);
  writeInt32(bytesOf, link, 4);
  writeUint32(bytesOf, handle, 8);
  writeUint32(bytesOf, parent, 12);
  writeUint32(bytesOf, info, 16);
  return bytesOf;
}

// struct tc_mirred of linux/tc_act/tc_mirred.h
function redirectTo(link: number): Uint8Array {
  const parameters = new Uint8Array(28);
  writeInt32(parameters, stolen, 8);
  writeInt32(parameters, egressRedirect, 20);
  writeInt32(parameters, link, 24);
  return parameters;
}

// struct tc_u32_sel of linux/pkt_cls.h with one key, of which no bit counts.
function everyFrame(): Uint8Array {
  const selector = new Uint8Array(32);
  writeUint8(selector, isTerminal, 0);
  writeUint8(selector, 1, 2);
  return selector;
}
