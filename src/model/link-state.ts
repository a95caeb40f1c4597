import type { KernelNeighbor } from './pod-view.ts';

/** The routes of one table that lead over a link. */
export interface SavedRoutes {
  readonly family: 4 | 6;
  readonly table: string;
  readonly saved: string;
}

/**
 * Addresses and routes of a link in the kernel's own form, in base64, so that nothing of them is lost. The bytes are those
 * of `ip addr save` and `ip route save`: a mark of four bytes, then netlink messages.
 */
export interface LinkState {
  readonly addresses4: string;
  readonly addresses6: string;
  /** The main tables come first, since gateways of routes in other tables are reached through them. */
  readonly routes: readonly SavedRoutes[];
  /** The permanent neighbors, which the kernel forgets when the link's MAC changes. */
  readonly neighbors: readonly KernelNeighbor[];
  /** accept_dad of the link; empty without IPv6. */
  readonly acceptDad: string;
}
