import type { JsonObject } from '../protocol/input.ts';

/** A link as the kernel has it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly altnames: readonly string[];
  readonly alias: string | undefined;
  readonly mac: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** Frames that its queue holds (txqueuelen). */
  readonly queueLength: number;
  readonly master: string | undefined;
  /** rtnetlink's IFLA_INFO_KIND: `tun` for a tap, `bridge`, `veth`. */
  readonly kind: string | undefined;
  /** What the kind tells of itself. */
  readonly data: JsonObject;
  /** Addresses, where they were asked for. */
  readonly addresses: readonly LinkAddress[];
}

/** An address of a link as the kernel has it. */
export interface LinkAddress {
  /** `address/prefix`. */
  readonly cidr: string;
  /** `global`, `link`, `host`, `site`. */
  readonly scope: string;
  /** It goes by itself, as one that a router advertised or a lease gave does. */
  readonly dynamic?: boolean;
}
