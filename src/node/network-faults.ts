import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { kindIfNamed } from '../kinds/kinds.ts';

/** What is wrong with a network that no ADD can see: it depends on who asks for it, and on what comes later. */
export type NetworkFault =
  /** Nothing in the list gives the pod an address: containerd refuses a pod whose own network is such a one. */
  | { readonly of: 'no-address' }
  /** The IPAM plugin takes addresses back of pods that run, where the network is a pod's default one. */
  | { readonly of: 'secondary-ipam'; readonly type: string };

/** Plugins of containernetworking that give the pod an address by their "ipam", and by nothing else. */
const byIpam: readonly string[] = ['bridge', 'dummy', 'host-device', 'ipvlan', 'macvlan', 'ptp', 'tap', 'vlan'];

/**
 * IPAM plugins whose reconciler counts the secondary interfaces of pods alone, as Multus lists them in the annotation
 * `k8s.v1.cni.cncf.io/network-status`: whereabouts up to 0.9.2 (its issue 638).
 */
const forSecondary: readonly string[] = ['whereabouts'];

/** What a dan at a place of a list is bound to fail at later. Nothing is said of a device that dan does not have. Pure. */
export function networkFaults(plugins: readonly JsonObject[], at: number): readonly NetworkFault[] {
  const { device = 'host-tap', addresses, capabilities, ...own } = plugins[at] ?? {};
  const kind = kindIfNamed(device);
  if (kind === undefined) return [];
  const ipam = ipamType(own);
  const isGiven =
    ipam !== undefined ||
    (Array.isArray(addresses) && addresses.length > 0) ||
    (isObject(capabilities) && capabilities['ips'] === true);
  // A plugin that is not known may give addresses by other means, and without one before it ADD refuses.
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
