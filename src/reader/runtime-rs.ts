import {
  type AgentAnswer,
  agentAddress,
  type AgentNeighbor,
  agentNeighbor,
  type AgentRoute,
  agentRoute,
  type GuestNeighbor,
  type GuestRoute,
} from './agent.ts';
import { formatCidr, parseKataCidr } from './cidr.ts';
import { type DanDevice, type DanNeighbor, type DanRoute, parseDanDocument } from './dan-document.ts';
import type { DanDeviceKind } from './device-kind.ts';
import { type Cidr, formatIp, isLoopback, parseIp } from './ip.ts';
import { generatePrivateMac, isTapMac, isVhostUserMac } from './mac.ts';
import { SerdeError } from './serde.ts';

/** What runtime-rs makes of a file: it fails the sandbox with an error, or goes on with devices. */
export type RuntimeRsReading =
  | { readonly accepted: false; readonly error: string }
  | { readonly accepted: true; readonly netns: string | null; readonly devices: readonly RuntimeRsDevice[] };

/** A device of a file as runtime-rs has it, and what the guest agent makes of it. */
export interface RuntimeRsDevice {
  readonly guest_name: string;
  /** As the file has it, or generated where it has none. */
  readonly guest_mac: string;
  /** The file has no MAC: the reader makes up another one each time. */
  readonly mac_is_generated: boolean;
  readonly vmm_mac_ok: boolean;
  readonly device:
    | { readonly type: 'host-tap'; readonly tap_name: string }
    | { readonly type: 'vhost-user'; readonly path: string };
  /** As the file has it; 0 leaves it to Kata's configuration. */
  readonly queue_num: number;
  readonly queue_pairs: number;
  readonly queue_size: number;
  readonly addresses: readonly string[];
  readonly mtu: number;
  readonly flags: number;
  /** As sent to the guest agent, in the order of the file; the agent adds those without a gateway first. */
  readonly routes: readonly AgentRoute[];
  /** As sent to the guest agent. */
  readonly neighbors: readonly AgentNeighbor[];
  readonly silently_dropped: {
    readonly ip_addresses: number;
    readonly neighbors_not_permanent: number;
    readonly routes: number;
  };
  /** What was dropped, as the file has it, each with its place in its list. */
  readonly dropped: {
    readonly ip_addresses: readonly Placed<string>[];
    readonly neighbors: readonly Placed<DanNeighbor>[];
    readonly routes: readonly Placed<DanRoute>[];
  };
  /** One answer for each of `addresses`, `neighbors` and `routes`. Any error fails the sandbox. */
  readonly guest_agent: {
    readonly addresses: readonly AgentAnswer<string>[];
    readonly neighbors: readonly AgentAnswer<GuestNeighbor>[];
    readonly routes: readonly AgentAnswer<GuestRoute>[];
  };
}

/** An element of a list with its index. */
interface Placed<T> {
  readonly at: number;
  readonly value: T;
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
  try {
    const { netns, devices } = parseDanDocument(text);
    return { accepted: true, netns, devices: devices.map((device) => readDevice(device, networkQueues)) };
  } catch (error) {
    if (error instanceof SerdeError) return { accepted: false, error: `Invalid DAN config: ${error.message}` };
    throw error;
  }
}

function readDevice(entry: DanDevice, networkQueues: number): RuntimeRsDevice {
  const { name, guest_mac, device, network_info: info } = entry;
  const addresses = sorted(info.interface.ip_addresses, keptAddress);
  const routes = sorted(info.routes, (route) => sentRoute(route, name));
  const neighbors = sorted(info.neighbors, (neighbor) =>
    neighbor.state === NUD_PERMANENT ? sentNeighbor(neighbor, name) : undefined,
  );
  const mac = guest_mac ?? generatePrivateMac();
  return {
    guest_name: name,
    guest_mac: mac,
    mac_is_generated: guest_mac === undefined,
    vmm_mac_ok: device.type === 'host-tap' ? isTapMac(mac) : isVhostUserMac(mac),
    device: attachment(device),
    queue_num: device.queue_num,
    queue_pairs: device.queue_num === 0 ? Math.max(networkQueues, 1) : device.queue_num,
    queue_size: device.queue_size === 0 ? defaultQueueSize : device.queue_size,
    addresses: addresses.kept.map(formatCidr),
    mtu: info.interface.mtu,
    flags: info.interface.flags & IFF_NOARP,
    routes: routes.kept,
    neighbors: neighbors.kept,
    silently_dropped: {
      ip_addresses: addresses.dropped.length,
      neighbors_not_permanent: neighbors.dropped.length,
      routes: routes.dropped.length,
    },
    dropped: { ip_addresses: addresses.dropped, neighbors: neighbors.dropped, routes: routes.dropped },
    guest_agent: {
      addresses: addresses.kept.map(agentAddress),
      neighbors: neighbors.kept.map(agentNeighbor),
      routes: routes.kept.map(agentRoute),
    },
  };
}

function sorted<T, K>(
  list: readonly T[],
  keep: (value: T) => K | undefined,
): { readonly kept: readonly K[]; readonly dropped: readonly Placed<T>[] } {
  const looked = list.map((value, at) => ({ at, value, kept: keep(value) }));
  return {
    kept: looked.flatMap(({ kept }) => (kept === undefined ? [] : [kept])),
    dropped: looked.filter(({ kept }) => kept === undefined).map(({ at, value }) => ({ at, value })),
  };
}

function attachment(device: DanDeviceKind): RuntimeRsDevice['device'] {
  switch (device.type) {
    case 'host-tap':
      return { type: device.type, tap_name: device.tap_name };
    case 'vhost-user':
      return { type: device.type, path: device.path };
  }
}

/** An address that survives `NetworkInfoFromDan::new`: `ip/prefix`, and not loopback. */
function keptAddress(text: string): Cidr | undefined {
  const address = parseKataCidr(text);
  return address === undefined || isLoopback(address.ip) ? undefined : address;
}

/** A route whose family can be told from the first of destination, gateway and source that is given (`ip_family`). */
function sentRoute(route: DanRoute, device: string): AgentRoute | undefined {
  const ip =
    route.dest === '' ? parseIp(route.gateway === '' ? route.source : route.gateway) : parseKataCidr(route.dest)?.ip;
  return ip === undefined ? undefined : { ...route, device, family: ip.length === 4 ? 4 : 6 };
}

function sentNeighbor(neighbor: DanNeighbor, device: string): AgentNeighbor {
  const address = neighbor.ip_address === null ? undefined : parseKataCidr(neighbor.ip_address);
  return {
    ip: address === undefined ? null : formatIp(address.ip),
    lladdr: neighbor.hardware_addr,
    device,
    state: neighbor.state,
    flags: neighbor.flags,
  };
}
