import { cidrText, type Network } from './cidr.ts';
import { type Ip, notUnicast } from './ip.ts';
import type { Mac } from './mac.ts';

/** The distance to a destination (rtnetlink's scope): 0 is anywhere, 253 is on the link itself. */
type RouteScope = 0 | 253;

/** Scope of a destination that is reached without a gateway. */
export const linkScope = 253;

/** RTNH_F_ONLINK of linux/rtnetlink.h. */
export const onlinkFlag = 4;

/** A route of the guest, as a configuration or an IPAM plugin asks for it. */
export interface RouteRequest {
  readonly dst: Network;
  readonly gw?: Ip | undefined;
  /** Bytes. */
  readonly mtu?: number | undefined;
  readonly scope?: RouteScope | undefined;
  /** The source address that the guest prefers for this destination. */
  readonly source?: Ip | undefined;
}

/** A route as the guest gets it. */
export interface Route extends RouteRequest {
  /** The gateway is in none of the guest's subnets, but is reached on the link nevertheless (RTNH_F_ONLINK). */
  readonly onlink: boolean;
}

/**
 * A sentence that says why a route contradicts itself or why no DAN file can carry it; undefined if it is fine.
 * `priority` is CNI's metric. A DAN file has no metric, so only the kernel's own default is accepted.
 */
export function routeFault({ dst, gw, scope, source }: RouteRequest, priority = 0): string | undefined {
  const where = `the route to ${cidrText(dst)}`;
  if (gw !== undefined && gw.family !== dst.family) {
    return `${where} has the gateway ${gw.text}, which is of the other IP version`;
  }
  const notHost = gw === undefined ? undefined : notUnicast(gw);
  if (gw !== undefined && notHost !== undefined) return `${where} has the gateway ${gw.text}, which ${notHost}`;
  if (source !== undefined && source.family !== dst.family) {
    return `${where} has the source ${source.text}, which is of the other IP version`;
  }
  if (gw !== undefined && scope === linkScope) {
    return `${where} has a gateway and scope ${linkScope}, which is for a destination without a gateway: leave one of them out`;
  }
  if (priority !== 0 && !(dst.family === 6 && priority === 1024)) {
    return `${where} has priority ${priority}, and no DAN file can carry a metric: leave "priority" out`;
  }
  return undefined;
}

/** A permanent neighbor (ARP or NDP entry) of the guest. */
export interface Neighbor {
  readonly ip: Ip;
  /** The prefix length that followed the address, if any. */
  readonly prefix?: number;
  readonly mac: Mac;
  /** rtnetlink's NUD state, if given; 128 is permanent. */
  readonly state?: number;
  /** rtnetlink's neighbor flags, if given. */
  readonly flags?: number;
}
