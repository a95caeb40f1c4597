import { danError } from '../model/error.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import type { PodPolicy } from '../model/pod-view.ts';
import { readResult } from '../protocol/result.ts';
import type { NodeView, Plan, Wants } from './device.ts';
import { findingsOf, refuseFindings, warningsOf } from './pod-namespace/find.ts';
import { type DeviceSettings, invalid, type QueueRequest, type Rule, type RuleFault } from './settings.ts';
import type { TapUsers } from './tap.ts';

/** What a configuration says of a device that takes over a link in the pod. */
export interface MasterRequest extends QueueRequest, TapUsers {
  readonly master: InterfaceName;
}

/** What every kind of device says that takes over a link in the pod: all but the tap comes from there. */
export const ofMaster = {
  addresses: 'of-master',
  switches: 'none',
  wants: ({ master }: Pick<MasterRequest, 'master'>): Wants => ({
    ...{ bridge: null, database: undefined, mtu: undefined, master, socket: undefined },
  }),
  refuseBridge: () => undefined,
  master: ({ master }: Pick<MasterRequest, 'master'>) => master,
} as const;

/** What the plan of every such device has of the link that it takes over. */
type PlanOfMaster = Pick<Plan<never>, 'exclusives' | 'guestMac' | 'mtu' | 'warnings'> & { readonly source: Link };

/**
 * The link in the pod that a configuration names, or else the interface that the plugins before made there: the one that
 * the runtime asked for, or the only one.
 */
function findNamed({ master, prevResult }: DeviceSettings, ifname: string): InterfaceName | RuleFault {
  if (master !== undefined) return master;
  const inPod = readResult(prevResult).interfaces.filter(({ sandbox }) => (sandbox ?? '') !== '');
  const found = inPod.find(({ name }) => name === ifname) ?? (inPod.length === 1 ? inPod[0] : undefined);
  if (found === undefined) {
    return {
      error: 'prev-result-missing',
      text:
        'no plugin before dan made an interface in the pod whose traffic could be redirected: put dan behind one in the ' +
        'list of plugins, or name an interface of the pod in "master"',
    };
  }
  const parsed = parseInterfaceName(found.name);
  return parsed.ok
    ? parsed.value
    : invalid(`the interface ${JSON.stringify(found.name)} of "prevResult" ${parsed.why}`);
}

/** There is a link in the pod to take over. */
export const masterRule: Rule = {
  keys: ['master', 'prevResult'],
  fault(settings, ifname) {
    const found = findNamed(settings, ifname);
    return typeof found === 'string' ? undefined : found;
  },
};

/** The link in the pod that a device takes over; the one of `ifname` where {@link masterRule} refuses the configuration. */
export function masterOfSettings(settings: DeviceSettings, ifname: string): InterfaceName {
  const found = findNamed(settings, ifname);
  return typeof found === 'string' ? found : (ifname as InterfaceName);
}

/** The rules of a namespace that nobody touched. */
const untouched: PodPolicy = { rules: [], proxied: [], nftables: [], iptables: [] };

/** Finds the link that a guest is to take over, and plans what comes from it. Throws `master-missing`, `pod-link-unusable`. */
export function planMaster(master: InterfaceName, view: NodeView): PlanOfMaster {
  const source = view.pod.links.find(({ name }) => name === master);
  if (source === undefined) throw masterMissing(master, view);
  const guestMac = parseMac(source.mac);
  const mtu = parseMtu(source.mtu);
  if (!guestMac.ok) throw podLinkUnusable(master, `its MAC ${source.mac ?? ''} ${guestMac.why}`);
  if (!mtu.ok) throw podLinkUnusable(master, `its MTU ${source.mtu} ${mtu.why}`);
  const findings = findingsOf(source, view.pod, view.policy ?? untouched);
  refuseFindings(master, findings);
  const down = source.up ? [] : [`${master} in the pod's namespace is down: no frame passes until it is up`];
  const warnings = [...down, ...warningsOf(master, findings)];
  return { source, guestMac: guestMac.value, mtu: mtu.value, exclusives: [], warnings };
}

function masterMissing(master: InterfaceName, { pod }: NodeView): Error {
  const there = pod.links.map(({ name }) => name).join(', ');
  return danError(
    'master-missing',
    `the link "${master}" does not exist in the pod's namespace, which has ${there}: put dan behind the plugin that ` +
      'makes it, or name another in "master"',
  );
}

/** The refusal of a link in the pod that no guest could take over. */
export function podLinkUnusable(master: string, why: string): Error {
  return danError(
    'pod-link-unusable',
    `${master} in the pod's namespace cannot be attached: ${why}; correct the plugin that made the interface`,
  );
}
