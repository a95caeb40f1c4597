import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { kindIfNamed } from '../kinds/kinds.ts';

/** A fault of a network that no ADD can detect: it depends on the client, and on what happens later. */
export type NetworkFault =
  /** Nothing in the list gives the pod an address. containerd refuses a pod whose default network is like that. */
  | { readonly of: 'no-address' }
  /** If the network is a pod's default one, the IPAM plugin releases addresses of running pods. */
  | { readonly of: 'secondary-ipam'; readonly type: string };

/** Plugins of containernetworking that give the pod an address only through their "ipam". */
const byIpam: readonly string[] = ['bridge', 'dummy', 'host-device', 'ipvlan', 'macvlan', 'ptp', 'tap', 'vlan'];

/**
 * IPAM plugins whose reconciler counts only secondary interfaces of pods, as Multus lists them in the annotation
 * `k8s.v1.cni.cncf.io/network-status`: whereabouts up to 0.9.2 (its issue 638).
 */
const forSecondary: readonly string[] = ['whereabouts'];

/** Later failures of the dan at index `at` of a list. There are none for an unknown device. Pure. */
export function networkFaults(plugins: readonly JsonObject[], at: number): readonly NetworkFault[] {
  const { device = 'host-tap', addresses, capabilities, ...own } = plugins[at] ?? {};
  const kind = kindIfNamed(device);
  if (kind === undefined) return [];
  const ipam = ipamType(own);
  const isGiven =
    ipam !== undefined ||
    (Array.isArray(addresses) && addresses.length > 0) ||
    (isObject(capabilities) && capabilities['ips'] === true);
  // An unknown plugin may give addresses by other means. If no plugin precedes dan, ADD refuses anyway.
  const before = plugins.slice(0, at);
  const isBefore =
    before.length === 0 || before.some((one) => !byIpam.includes(typeOf(one)) || ipamType(one) !== undefined);
  const types = [ipam, ...before.map(ipamType)].filter((type) => type !== undefined);
  return [
    ...(isGiven || (kind.addresses !== 'own' && isBefore) ? [] : [{ of: 'no-address' } as const]),
    ...types.flatMap((type) => (forSecondary.includes(type) ? [{ of: 'secondary-ipam', type } as const] : [])),
  ];
}

function ipamType({ ipam }: JsonObject): string | undefined {
  const type = isObject(ipam) ? ipam['type'] : undefined;
  return typeof type === 'string' && type !== '' ? type : undefined;
}
