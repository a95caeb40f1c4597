import { type Device, linksOf, masterOf } from '../kinds/kinds.ts';
import type { Link } from '../model/link.ts';

/** The links of a pod's namespace that the file of a sandbox with these devices stands for: those taken over, and dan's own. */
export function carriedLinks(devices: readonly Device[]): readonly string[] {
  return devices.flatMap((device) => [masterOf(device) ?? [], ...linksOf(device).map(({ name }) => name)].flat());
}

/**
 * The links of a pod's namespace that have an address and are not among those that the sandbox's file carries: Kata reads
 * the file instead of the namespace, so the guest does not have them. Pure.
 */
export function hiddenLinks(links: readonly Link[], carried: readonly string[]): readonly Link[] {
  return links.filter(({ name, addresses }) => name !== 'lo' && addresses.length > 0 && !carried.includes(name));
}

/** A link with its addresses, as messages name it. */
export function addressedText({ name, addresses }: Pick<Link, 'addresses' | 'name'>): string {
  return `${name} with ${addresses.map(({ cidr }) => cidr).join(', ')}`;
}

/** What gives the guest such a link, or takes it away. */
export const hiddenLinkCure =
  'take its network away from the pod, or have dan attach it, with "device": "tcfilter" behind the plugin that makes it';
