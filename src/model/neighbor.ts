import type { Ip } from './ip.ts';
import type { Mac } from './mac.ts';

/** A permanent neighbor (ARP or NDP entry) of the guest. */
export interface Neighbor {
  readonly ip: Ip;
  /** The prefix length that was written behind the address, if any. */
  readonly prefix?: number;
  readonly mac: Mac;
  /** rtnetlink's NUD state, if it was given: 128 is permanent. */
  readonly state?: number;
  /** rtnetlink's neighbor flags, if they were given. */
  readonly flags?: number;
}
