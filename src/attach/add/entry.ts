import type { DanEntry } from '../../dan/document.ts';
import { encode } from '../../dan/encode.ts';
import type { Allocation, Surroundings } from './allocate.ts';
import type { Task } from './task.ts';

/** The entry of an attachment in its sandbox's file. */
export function entryOf(
  { profile, identity: { network, ifname } }: Task,
  { guestMac, mtu, attached }: Surroundings['plan'],
  { addresses, routes, neighbors }: Pick<Allocation, 'addresses' | 'neighbors' | 'routes'>,
): DanEntry {
  const info = { mtu, addresses: addresses.map(({ address }) => address), routes, neighbors };
  return encode(profile, { network, ifname, guestMac, device: attached, ...info });
}
