import { type Device, linksOf, masterOf } from '../kinds/kinds.ts';
import type { Link } from '../model/link.ts';

/** The links of a pod's namespace that a sandbox file with these devices carries: those taken over, and dan's own. */
export function carriedLinks(devices: readonly Device[]): readonly string[] {
  return devices.flatMap((device) => [masterOf(device) ?? [], ...linksOf(device).map(({ name }) => name)].flat());
}

/**
 * The links of a pod's namespace that have an address and that the sandbox's file does not carry. Kata reads the file
 * instead of the namespace, so the guest does not have them. Pure.
 */
export function hiddenLinks(links: readonly Link[], carried: readonly string[]): readonly Link[] {
  return links.filter(({ name, addresses }) => name !== 'lo' && addresses.length > 0 && !carried.includes(name));
}

/** A link with its addresses, for messages. */
export function addressedText({ name, addresses }: Pick<Link, 'addresses' | 'name'>): string {
  return `${name} with ${addresses.map(({ cidr }) => cidr).join(', ')}`;
}

/** How to give the guest such a link, or how to take it away. */
export const hiddenLinkCure =
  'take its network away from the pod, or have dan attach it, with "device": "tcfilter" behind the plugin that makes it';
