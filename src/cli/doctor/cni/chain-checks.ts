import { typeOf } from '../../../config/conf-list.ts';
import { isObject, type JsonObject } from '../../../protocol/input.ts';
import type { Check, Observation, Severity } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { withoutNetworks } from './network-checks.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';

/** What is asked about the plugins before and behind dan in one list. */
export const chainChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-chain-order',
    fine: 'dan stands where it belongs in its list of plugins',
    why: 'A tap of the host stands for the pod’s own interface; tcfilter and macvtap take over one that a plugin before them made.',
    unasked: withoutNetworks,
    look: ({ cni }) => cni.networks.flatMap(misplaced),
  },
  {
    id: 'cni-chain',
    fine: 'plugins behind dan can work with what it makes',
    why: 'The guest’s interface is in the virtual machine. A plugin that looks for it in the pod’s namespace finds none.',
    unasked: withoutNetworks,
    look: ({ cni }) =>
      cni.networks.filter(isOfHost).flatMap((network) => network.behind.flatMap((one) => useless(network, one))),
  },
];

/** Plugins that make the pod's interface. */
const makers: readonly string[] = ['bridge', 'dummy', 'host-device', 'ipvlan', 'macvlan', 'ptp', 'tap', 'vlan'];

function isOfHost({ config }: DanPlugin): boolean {
  const kind = config?.device.device;
  return kind === 'host-tap' || kind === 'vhost-user';
}

function misplaced({ path, config, chain, at }: DanPlugin): readonly Observation[] {
  const kind = config?.device.device;
  if (kind === undefined) return [];
  const before = chain.slice(0, at);
  const maker = before.find((type) => makers.includes(type));
  if ((kind === 'tcfilter' || kind === 'macvtap') && at === 0) {
    const cure = 'put a plugin that makes the pod’s interface, such as bridge, before it in "plugins" of a .conflist';
    return [{ severity: 'error', seen: `${path}: dan makes a ${kind}, and is the first of its list`, cure }];
  }
  if ((kind === 'host-tap' || kind === 'vhost-user') && maker !== undefined) {
    const seen = `${path}: dan makes a ${kind} behind ${maker}, whose interface the guest would not see`;
    return [{ severity: 'error', seen, cure: `take ${maker} out of the list, or say "device": "tcfilter"` }];
  }
  return [];
}

interface Verdict {
  readonly severity: Severity;
  readonly what: string;
  readonly cure: string;
}

function useless({ path, config }: DanPlugin, plugin: JsonObject): readonly Observation[] {
  const verdict = verdictOn(plugin);
  if (verdict === undefined) return [];
  const { severity, what, cure } = verdict;
  const kind = config?.device.device ?? '';
  return [{ severity, seen: `${path}: behind dan’s ${kind} stands ${typeOf(plugin)}, which ${what}`, cure }];
}

const onHost = 'limit the tap on the host, or say "device": "tcfilter" behind a plugin that makes the pod’s interface';

function verdictOn(plugin: JsonObject): Verdict | undefined {
  switch (typeOf(plugin)) {
    case 'bandwidth':
      return {
        severity: 'warning',
        what: 'looks for a veth pair in the pod: pods that ask for a bandwidth fail',
        cure: `take it out of the list; ${onHost}`,
      };
    case 'tuning':
      return verdictOnTuning(plugin);
    case 'sbr':
    case 'vrf':
      return {
        severity: 'error',
        what: 'changes an interface in the pod’s namespace, and there is none: every pod fails',
        cure: 'take it out of the list; give the guest its routes in "routes" of dan',
      };
    case 'portmap':
      return {
        severity: 'note',
        what: 'leads ports of the host to the guest’s address',
        cure: 'the host itself must have a way to that address: the bridge needs an address in the same network',
      };
    default:
      return undefined;
  }
}

/** Keys of tuning that change the pod's interface. */
const linkKeys = ['mac', 'mtu', 'promisc', 'allmulti', 'txQLen'] as const;

function verdictOnTuning(plugin: JsonObject): Verdict | undefined {
  const keys = linkKeys.filter((key) => plugin[key] !== undefined && plugin[key] !== false && plugin[key] !== 0);
  const sysctls = isObject(plugin['sysctl']) ? Object.keys(plugin['sysctl']) : [];
  if (keys.length > 0) {
    return {
      severity: 'error',
      what: `sets ${keys.join(', ')} of an interface in the pod’s namespace, and there is none: every pod fails`,
      cure: 'say it to dan: it has the keys "mac" and "mtu"; leave the others out',
    };
  }
  if (sysctls.length === 0) return undefined;
  return {
    severity: 'warning',
    what: `sets ${sysctls.join(', ')} in the pod’s namespace, which the guest does not see`,
    cure: 'set it in the guest: "securityContext.sysctls" of the pod, which Kata hands to the guest',
  };
}
