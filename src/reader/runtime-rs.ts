import { agentNeighbor, type AgentNeighbor, agentRoute, type AgentRoute, alteredSource } from './agent.ts';
import { formatCidr, parseKataCidr } from './cidr.ts';
import { type DanDevice, type DanNeighbor, type DanRoute, parseDanDocument } from './dan-document.ts';
import { formatIp, isLoopback, parseIp } from './ip.ts';
import { isTapMac, isVhostUserMac } from './mac.ts';
import type { TakenDevice } from './taken-device.ts';
import type { Dropped, Reason, Refusal } from './verdict.ts';

/** The verdict of runtime-rs on a file: it fails the sandbox, or goes on with devices. */
export type RuntimeRsReading =
  | Refusal
  | { readonly accepted: true; readonly netns: string | null; readonly devices: readonly RuntimeRsDevice[] };

/** A device of a file as runtime-rs has it. */
export interface RuntimeRsDevice extends TakenDevice {
  /** null where the file has none: the reader makes one up, another each time. */
  readonly guest_mac: string | null;
  readonly vmm_mac_ok: boolean;
  readonly device:
    | { readonly type: 'host-tap'; readonly tap_name: string }
    | { readonly type: 'vhost-user'; readonly path: string };
  /** As the file has it; 0 leaves it to Kata's configuration. */
  readonly queue_num: number;
  readonly queue_pairs: number;
  readonly queue_size: number;
  readonly flags: number;
}

const NUD_PERMANENT = 128;
const IFF_NOARP = 0x80;
const defaultQueueSize = 256;

/**
 * What Kata's runtime-rs and its guest agent make of the text of a DAN file: `DanInner::new` (Kata's
 * src/runtime-rs/crates/resource/src/network/dan.rs) up to the point where it looks at the host, then
 * network_info_from_dan.rs, then the agent's netlink.rs.
 * @param networkQueues `network_queues` of Kata's configuration, used where `queue_num` is 0.
 */
export function readRuntimeRs(text: string, networkQueues = 1): RuntimeRsReading {
  const document = parseDanDocument(text);
  if (!document.accepted) return document;
  return { ...document, devices: document.devices.map((device, at) => readDevice(device, at, networkQueues)) };
}

function readDevice(entry: DanDevice, at: number, networkQueues: number): RuntimeRsDevice {
  const { guest_mac: mac, network_info: info } = entry;
  const { type, queue_num, queue_size, ...plugged } = entry.device;
  const where = `devices[${at}]`;
  const place = (list: string, index: number): string => `${where}.network_info.${list}[${index}]`;
  const addresses = info.interface.ip_addresses.map((one, index) =>
    keptAddress(one, place('interface.ip_addresses', index)),
  );
  const routes = info.routes.map((one, index) => sentRoute(one, place('routes', index)));
  const neighbors = info.neighbors.map((one, index) => sentNeighbor(one, place('neighbors', index)));
  const [keptAddresses, keptRoutes, keptNeighbors] = [kept(addresses), kept(routes), kept(neighbors)];
  const altered = alteredFlags(info.interface.flags, `${where}.network_info.interface.flags`);
  return {
    where,
    guest_name: entry.name,
    guest_mac: mac,
    vmm_mac_ok: mac === null || (type === 'host-tap' ? isTapMac(mac) : isVhostUserMac(mac)),
    device: { type, ...plugged } as RuntimeRsDevice['device'],
    queue_num,
    queue_pairs: queue_num === 0 ? Math.max(networkQueues, 1) : queue_num,
    queue_size: queue_size === 0 ? defaultQueueSize : queue_size,
    addresses: keptAddresses,
    mtu: info.interface.mtu,
    flags: info.interface.flags & IFF_NOARP,
    routes: keptRoutes,
    neighbors: keptNeighbors,
    dropped: [...addresses, ...routes, ...neighbors].flatMap((one) => ('dropped' in one ? [one.dropped] : [])),
    altered: [...altered, ...keptRoutes.flatMap(alteredSource)],
    guest_agent: {
      // `update_interface` of the agent takes every address that comes this far.
      addresses: keptAddresses.map((ok) => ({ ok })),
      neighbors: keptNeighbors.map((one) => agentNeighbor(one, 'an address with a prefix, like 10.88.0.9/32')),
      routes: keptRoutes.map(agentRoute),
    },
  };
}

type Sorted<T> = { readonly kept: T } | { readonly dropped: Dropped };

function kept<T>(list: readonly Sorted<T>[]): readonly T[] {
  return list.flatMap((one) => ('kept' in one ? [one.kept] : []));
}

function alteredFlags(flags: number, where: string): readonly Reason[] {
  const rest = flags - (flags & IFF_NOARP);
  return rest === 0 ? [] : [{ where, why: `of ${flags} only ${IFF_NOARP} (no ARP) gets to the guest` }];
}

/** An address that survives `NetworkInfoFromDan::new`: `ip/prefix`, and not loopback. */
function keptAddress(text: string, where: string): Sorted<string> {
  const address = parseKataCidr(text);
  if (address !== undefined && !isLoopback(address.ip)) return { kept: formatCidr(address) };
  const why =
    address !== undefined
      ? 'it is of the loopback network'
      : text.includes('%')
        ? 'it names a zone'
        : text.includes('/')
          ? 'it is no "ip/prefix" with a prefix in digits'
          : 'it has no prefix length';
  return { dropped: { what: 'address', name: JSON.stringify(text), where, why } };
}

/** A route whose family can be told from the first of destination, gateway and source that is given (`ip_family`). */
function sentRoute(route: DanRoute, where: string): Sorted<AgentRoute> {
  const { dest } = route;
  const ip = dest === '' ? parseIp(route.gateway === '' ? route.source : route.gateway) : parseKataCidr(dest)?.ip;
  if (ip !== undefined) return { kept: { ...route, where, family: ip.length === 4 ? 4 : 6 } };
  const why =
    dest === ''
      ? 'it has neither destination, nor a gateway that tells its IP version'
      : dest === 'default'
        ? 'write "0.0.0.0/0" or "::/0"'
        : dest.includes('/')
          ? 'it is no "ip/prefix"'
          : 'it has no prefix length';
  return { dropped: { what: 'route', name: `the route to ${JSON.stringify(dest)}`, where, why } };
}

function sentNeighbor(neighbor: DanNeighbor, where: string): Sorted<AgentNeighbor> {
  const { ip_address, hardware_addr: lladdr, state, flags } = neighbor;
  if (state !== NUD_PERMANENT) {
    const why = `its state is ${state}, and only 128 (permanent) is sent`;
    return { dropped: { what: 'neighbor', name: `the neighbor ${ip_address ?? ''}`, where, why } };
  }
  const address = parseKataCidr(ip_address ?? '');
  return { kept: { ip: address === undefined ? null : formatIp(address.ip), lladdr, where, state, flags } };
}
