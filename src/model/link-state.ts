import type { KernelNeighbor } from './pod-view.ts';

/** The routes of one table that lead over a link. */
export interface SavedRoutes {
  readonly family: 4 | 6;
  readonly table: string;
  readonly saved: string;
}

/**
 * Addresses and routes of a link as the kernel itself writes them down, in base64: nothing of them is lost. The bytes
 * are those of `ip addr save` and `ip route save`, a mark of four bytes and netlink messages.
 */
export interface LinkState {
  readonly addresses4: string;
  readonly addresses6: string;
  /** The main tables come first: gateways of the others are reached through them. */
  readonly routes: readonly SavedRoutes[];
  /** The permanent ones: the kernel forgets them with the link's MAC. */
  readonly neighbors: readonly KernelNeighbor[];
  /** accept_dad of the link; empty without IPv6. */
  readonly acceptDad: string;
}
