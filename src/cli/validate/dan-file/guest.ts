import type { GuestRoute } from '../../../reader/agent.ts';
import { guestKernelRefusals, guestRoutingRefusals, type SentDevice } from '../../../reader/guest-kernel.ts';
import { type Remark, remarksAt } from '../remark.ts';
import type { ReadDevice } from './reading.ts';

/** What agent and kernel of the guest refuse of a device; `where` is its place. */
export function guestRemarks(sent: SentDevice, where: string): readonly Remark[] {
  const { addresses, neighbors, routes } = sent.guest_agent;
  return [
    ...[...addresses, ...neighbors, ...routes].flatMap((answer) =>
      'error' in answer ? [remarksAt(answer.where)('error', `the guest agent fails over it: ${answer.error}`)] : [],
    ),
    ...[...guestKernelRefusals(sent), ...guestRoutingRefusals(sent)].map((refusal) =>
      remarksAt(where)('error', `the guest's kernel refuses the ${refusal}`),
    ),
  ];
}

/** A route as the guest's kernel gets it. */
export function routeText({ dst, gw, scope, mtu, src, flags }: GuestRoute): string {
  return [
    dst,
    ...(gw === null ? [] : [`via ${gw}`]),
    ...((flags & 4) === 0 ? [] : ['onlink']),
    ...(scope === 0 ? [] : [scope === 253 ? 'scope link' : `scope ${scope}`]),
    ...(mtu === 0 ? [] : [`mtu ${mtu}`]),
    ...(src === null ? [] : [src.replace('RTA_PREFSRC', 'src').replace('RTA_SRC', 'from')]),
  ].join(' ');
}

/** What the devices of one sandbox have in common, and must not. */
export function sandboxRemarks(devices: readonly ReadDevice[]): readonly Remark[] {
  const all = remarksAt('devices');
  if (devices.length === 0) return [all('warning', 'there is none: the sandbox starts without any network')];
  return [
    ...twice(devices.map(({ name }) => name)).map((name) =>
      all('error', `two are named ${name}, and a guest has one interface of a name`),
    ),
    ...twice(devices.flatMap(({ mac }) => (mac === null ? [] : [mac.toLowerCase()]))).map((mac) =>
      all('error', `two have the MAC ${mac}, by which the guest agent finds an interface`),
    ),
    ...twice(devices.flatMap(({ addresses }) => addresses.map(withoutPrefix))).map((address) =>
      all('error', `the address ${address} is there twice; the guest agent fails over the second on one interface`),
    ),
    ...twice(devices.flatMap(({ routes }) => routes.map(destinationOf))).map((destination) =>
      all('warning', `there are two routes to ${destination}: the guest agent keeps the last, without a word`),
    ),
    ...twice(devices.flatMap(({ name, neighbors }) => neighbors.map((one) => `${name} ${destinationOf(one)}`))).map(
      (neighbor) => all('warning', `the neighbor ${neighbor} is there twice: the guest keeps the last`),
    ),
  ];
}

function twice(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, at) => texts.indexOf(text) !== at))];
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*$/, '');
}

function destinationOf(text: string): string {
  return text.split(' ')[0] ?? '';
}
