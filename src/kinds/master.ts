import { danError } from '../model/error.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import type { PodPolicy } from '../model/pod-view.ts';
import { readResult } from '../protocol/result.ts';
import type { MasterChoice, NodeView, Plan, Wants } from './device.ts';
import { type Finding, findingsOf, refusalText, refuseFindings, warningsOf } from './pod-namespace/find.ts';
import { type DeviceSettings, invalid, type QueueRequest, type Rule, type RuleFault } from './settings.ts';
import type { TapUsers } from './tap.ts';

/** The settings of a device that takes over a link in the pod. */
export interface MasterRequest extends QueueRequest, TapUsers, MasterChoice {}

/** What is common to all kinds that take over a link in the pod: everything except the tap comes from that link. */
export const ofMaster = {
  addresses: 'of-master',
  switches: 'none',
  wants: ({ master, unlisted }: MasterChoice): Wants => ({
    ...{ bridge: null, database: undefined, mtu: undefined, master: { master, unlisted }, socket: undefined },
  }),
  refuseBridge: () => undefined,
  master: ({ master }: Pick<MasterRequest, 'master'>) => master,
} as const;

/** The part of such a device's plan that comes from the link. */
type PlanOfMaster = Pick<Plan<never>, 'exclusives' | 'guestMac' | 'mtu' | 'warnings'> & { readonly source: Link };

/**
 * The link in the pod that a configuration names. Without a name, it is the interface that the earlier plugins made
 * there: the one that the runtime asked for, or the only one. If the result lists none in the pod, as Calico's does,
 * the plugin made the one that the runtime asked for, since the spec allows no other.
 */
function findNamed({ master, prevResult }: DeviceSettings, ifname: string): MasterChoice | RuleFault {
  if (master !== undefined) return { master };
  if (prevResult === undefined || prevResult === null) return nothingBefore;
  const { interfaces } = readResult(prevResult);
  const inPod = interfaces.filter(({ sandbox }) => (sandbox ?? '') !== '').map(({ name }) => name);
  const asked = ifname as InterfaceName;
  if (inPod.includes(ifname)) return { master: asked };
  const [only] = inPod;
  if (inPod.length > 1) return ambiguous(inPod, ifname);
  const unlisted = { listed: interfaces.map(({ name }) => name), ifname: asked };
  if (only === undefined) return { master: asked, unlisted };
  const parsed = parseInterfaceName(only);
  return parsed.ok
    ? { master: parsed.value, unlisted }
    : invalid(`the interface ${JSON.stringify(only)} of "prevResult" ${parsed.why}`);
}

const nothingBefore: RuleFault = {
  error: 'prev-result-missing',
  text:
    'no plugin before dan made an interface in the pod whose traffic could be redirected: put dan behind one in the ' +
    'list of plugins, or name an interface of the pod in "master"',
};

function ambiguous(names: readonly string[], ifname: string): RuleFault {
  return {
    error: 'prev-result-missing',
    text:
      `the result of the plugins before dan lists ${names.join(' and ')} in the pod, and none is called ${ifname}, as the ` +
      'runtime asked: say in "master" which of them the guest gets',
  };
}

/** It must be known which link in the pod is taken over. */
export const masterRule: Rule = {
  keys: ['master', 'prevResult'],
  fault(settings, ifname) {
    const found = findNamed(settings, ifname);
    return 'error' in found ? found : undefined;
  },
};

/** The link in the pod that a device takes over; `ifname` if {@link masterRule} refuses the configuration. */
export function masterOfSettings(settings: DeviceSettings, ifname: string): MasterChoice {
  const found = findNamed(settings, ifname);
  return 'error' in found ? { master: ifname as InterfaceName } : found;
}

/**
 * The pod's link that a device takes over; undefined if the pod does not have it. Calico's result lists the host's end
 * of its pair with the pod's namespace, but the link that the runtime asked for exists.
 */
export function findMaster({ master, unlisted }: MasterChoice, links: readonly Link[]): Link | undefined {
  const named = (wanted: string): Link | undefined => links.find(({ name }) => name === wanted);
  return named(master) ?? (unlisted === undefined ? undefined : named(unlisted.ifname));
}

/** The policy of an unchanged namespace. */
const untouched: PodPolicy = { rules: [], proxied: [], nftables: [], iptables: [] };

/**
 * Finds the link that a guest takes over, and plans what comes from it. `more` adds the objections of the device kind
 * to a link. Throws `master-missing`, `pod-link-unusable`.
 */
export function planMaster(
  choice: MasterChoice,
  view: NodeView,
  more: (link: Link) => readonly Finding[] = () => [],
): PlanOfMaster & { readonly master: InterfaceName } {
  const source = findMaster(choice, view.pod.links);
  if (source === undefined) throw masterMissing(choice, view);
  const master = source.name as InterfaceName;
  const guestMac = parseMac(source.mac);
  const mtu = parseMtu(source.mtu);
  if (!guestMac.ok) {
    const seen = `its MAC ${source.mac ?? '(none)'} ${guestMac.why}`;
    throw danError('pod-link-unusable', refusalText(master, [{ row: 'link-not-ethernet', seen }]));
  }
  if (!mtu.ok) throw podLinkUnusable(master, `its MTU ${source.mtu} ${mtu.why}`);
  const findings = [...findingsOf(source, view.pod, view.policy ?? untouched), ...more(source)];
  refuseFindings(master, findings);
  const warnings = [
    ...(source.up ? [] : [`${master} in the pod's namespace is down: no frame passes until it is up`]),
    ...(choice.unlisted?.ifname !== master
      ? []
      : [`${listText(choice.unlisted.listed)}: ${master}, for which the runtime asked, is taken`]),
    ...warningsOf(master, findings),
  ];
  return { master, source, guestMac: guestMac.value, mtu: mtu.value, exclusives: [], warnings };
}

function listText(listed: readonly string[]): string {
  const others = listed.length === 0 ? '' : ` (it lists ${listed.join(', ')})`;
  return `the result of the plugins before dan lists no interface that is in the pod${others}`;
}

function masterMissing({ master, unlisted }: MasterChoice, { pod }: NodeView): Error {
  const there = pod.links.map(({ name }) => name).join(', ');
  const wanted =
    unlisted === undefined ? `the link "${master}"` : `the link "${unlisted.ifname}", for which the runtime asked,`;
  const before = unlisted === undefined ? '' : `${listText(unlisted.listed)}, and `;
  return danError(
    'master-missing',
    `${before}${wanted} does not exist in the pod's namespace, which has ${there}: put dan behind the plugin that ` +
      'makes it, or name another in "master"',
  );
}

/** The refusal of a link in the pod that no guest can take over. */
export function podLinkUnusable(master: string, why: string): Error {
  return danError(
    'pod-link-unusable',
    `${master} in the pod's namespace cannot be attached: ${why}; correct the plugin that made the interface`,
  );
}
