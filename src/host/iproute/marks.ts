import { elementsIn, isObject, type JsonObject } from '../../json/object.ts';
import type { LinkAddress, LinkTrait } from '../../model/link.ts';
import type { KernelRoute } from '../../model/pod-view.ts';

// The properties of an address, a route or a link, as `ip -j -d` prints them, that decide whether a guest could have
// the same. Pure.

/** What the flags of an address mean. */
export function addressMarks(address: JsonObject): Pick<LinkAddress, 'dadFailed' | 'deprecated' | 'ofRouter'> {
  return {
    ...(address['deprecated'] === true ? { deprecated: true } : {}),
    ...(address['dadfailed'] === true ? { dadFailed: true } : {}),
    ...(address['temporary'] === true || address['mngtmpaddr'] === true ? { ofRouter: true } : {}),
  };
}

/** A property of a route that no DAN file carries, and without which the route is for other packets, or none. */
export function unsupportedMark(route: JsonObject): string | undefined {
  if (route['from'] !== undefined) return 'a source prefix';
  if (route['tos'] !== undefined) return 'a TOS';
  const isUntold = route['nhid'] !== undefined && route['dev'] === undefined && route['nexthops'] === undefined;
  return isUntold ? 'a next hop object that the kernel does not show' : undefined;
}

/** The tuning parameters of a route except its MTU, in the kernel's order. `ip -j` does not show a locked MTU. */
const metricWords = {
  window: 'window',
  rtt: 'rtt',
  rttvar: 'rttvar',
  ssthresh: 'ssthresh',
  cwnd: 'cwnd',
  advmss: 'advmss',
  reordering: 'reordering',
  hoplimit: 'hoplimit',
  initcwnd: 'initcwnd',
  features: 'features',
  rto_min: 'rto_min',
  initrwnd: 'initrwnd',
  quickack: 'quickack',
  congestion: 'congctl',
  fastopen_no_cookie: 'fastopen_no_cookie',
} as const;

/** The tuning parameters of a route except its MTU. */
export function tuningMarks(route: JsonObject): Pick<KernelRoute, 'tuning'> {
  const metrics = elementsIn(route['metrics']).filter(isObject);
  const words = Object.entries(metricWords).flatMap(([key, word]) =>
    metrics.some((metric) => metric[key] !== undefined) ? [word] : [],
  );
  const tuning = [...words, ...(route['flow'] === undefined ? [] : ['realm'])];
  return tuning.length === 0 ? {} : { tuning };
}

/** How a link differs from a newly made one. */
export function traitsOf(link: JsonObject): readonly LinkTrait[] {
  const flags = elementsIn(link['flags']);
  return [
    ...(flags.includes('NOARP') ? ['no-arp' as const] : []),
    ...(flags.includes('MULTICAST') ? [] : ['no-multicast' as const]),
    ...(flags.includes('PROMISC') ? ['promiscuous' as const] : []),
    ...(flags.includes('ALLMULTI') ? ['all-multicast' as const] : []),
    ...(link['xdp'] === undefined ? [] : ['xdp' as const]),
  ];
}
