import { hex, utf8 } from '#bytes';
import { agentNeighbor, type AgentNeighbor, agentRoute, type AgentRoute, alteredSource } from './agent.ts';
import { type GoDanDevice, type GoNeighbor, type GoRoute, parseGoDocument } from './go-document.ts';
import { formatGoIp, formatGoNetwork, parseGoCidr, parseGoMac, toIpv4 } from './go-net.ts';
import { formatIp, isLoopback, masked, parseIp } from './ip.ts';
import type { TakenDevice } from './taken-device.ts';
import type { Dropped, Reason, Refusal } from './verdict.ts';

/** The verdict of the Go runtime on a file: it fails the sandbox, or goes on with devices. */
export type GoReading =
  | Refusal
  | {
      readonly accepted: true;
      readonly devices: readonly GoDevice[];
      /** Keys of the file that are there more than once. */
      readonly altered: readonly Reason[];
    };

/** A device of a file as the Go runtime has it. */
export interface GoDevice extends TakenDevice {
  readonly guest_mac: string;
  readonly pci_device_id: string;
}

const NUD_REACHABLE = 2;
const NUD_PERMANENT = 128;

/**
 * What Kata's Go runtime and its guest agent make of the text of a DAN file: `addDanEndpoints` and
 * `convertDanDeviceToNetworkInfo` (Kata's src/runtime/virtcontainers/network_linux.go), then
 * `generateVCNetworkStructures` (network.go), then the agent's netlink.rs.
 */
export function readGo(text: string): GoReading {
  const document = parseGoDocument(text);
  if (!document.accepted) return document;
  const refusals: Reason[] = [];
  const refuse = (where: string, why: string): undefined => {
    refusals.push({ where, why });
    return undefined;
  };
  const devices = document.devices.map((device, at) => readDevice(device, `devices[${at}]`, refuse));
  if (refusals.length > 0) return { accepted: false, refusals };
  // In the order of texts, these have that of the bytes.
  const order = ({ guest_name: name }: GoDevice): string => hex(utf8(name));
  return { ...document, devices: devices.sort((a, b) => (order(a) < order(b) ? -1 : 1)) };
}

type Refuse = (where: string, why: string) => undefined;

function readDevice(entry: GoDanDevice, where: string, refuse: Refuse): GoDevice {
  const { device, network_info: info } = entry;
  const place = (list: string, at: number): string => `${where}.network_info.${list}[${at}]`;
  const guest_mac = macOf(entry.guest_mac, `${where}.guest_mac`, refuse);
  const addresses = info.interface.ip_addresses.map((text, at) =>
    addressOf(text, place('interface.ip_addresses', at), refuse),
  );
  const routes = info.routes.map((route, at) => sentRoute(route, place('routes', at), refuse));
  const neighbors = info.neighbors.map((one, at) => sentNeighbor(one, place('neighbors', at), refuse));
  if (device.type !== 'vfio') {
    refuse(`${where}.device.type`, `the reader takes vfio devices alone, and no ${JSON.stringify(device.type)}`);
  }
  const gateways = routes.filter(isDefault).map(({ gateway }) => gateway);
  const isKept = ({ state, ip }: AgentNeighbor): boolean =>
    state === NUD_PERMANENT || (state === NUD_REACHABLE && ip !== null && gateways.includes(ip));
  const keptNeighbors = neighbors.filter(isKept);
  const kept = addresses.filter(({ isLocal }) => !isLocal).map(({ text }) => text);
  return {
    where,
    guest_name: entry.name,
    guest_mac,
    pci_device_id: device.pci_device_id,
    addresses: kept,
    mtu: info.interface.mtu,
    routes,
    neighbors: keptNeighbors,
    dropped: [
      ...addresses.filter(({ isLocal }) => isLocal).map(droppedAddress),
      ...neighbors.filter((one) => !isKept(one)).map(droppedNeighbor),
    ],
    altered: [
      ...info.routes.flatMap((route, at) => alteredRoute(route, place('routes', at))),
      ...routes.flatMap(alteredSource),
    ],
    guest_agent: {
      addresses: kept.map((ok) => ({ ok })),
      neighbors: keptNeighbors.map((one) => agentNeighbor(one, 'an address without a prefix')),
      routes: routes.map(agentRoute),
    },
  };
}

function macOf(text: string, where: string, refuse: Refuse): string {
  const mac = parseGoMac(text);
  if (mac === undefined)
    refuse(where, `${JSON.stringify(text)} is no MAC: write six pairs of digits, like 02:5c:1e:07:9a:41`);
  return mac ?? '';
}

interface Address {
  readonly text: string;
  readonly isLocal: boolean;
  readonly where: string;
}

/** `netlink.ParseAddr`: what follows the first space is a label. */
function addressOf(text: string, where: string, refuse: Refuse): Address {
  const cidr = parseGoCidr(text.split(' ')[0] ?? '');
  if (cidr === undefined) refuse(where, `${JSON.stringify(text)} is no address with a prefix in digits`);
  const { ip, prefix } = cidr ?? { ip: [], prefix: 0 };
  return { text: `${formatGoIp(ip)}/${prefix}`, isLocal: isLoopback(toIpv4(ip) ?? ip), where };
}

/** A route; flags and MTU of the file never get here, and AF_INET is only what has an IPv4 gateway. */
function sentRoute({ dest, gateway, source, scope }: GoRoute, where: string, refuse: Refuse): AgentRoute {
  const network = parseGoCidr(dest);
  if (dest !== '' && network === undefined) refuse(where, `the dest ${JSON.stringify(dest)} is no "ip/prefix"`);
  const [gw, src] = [parseIp(gateway), parseIp(source)];
  return {
    where,
    dest: network === undefined ? '' : formatGoNetwork(network),
    family: gw !== undefined && toIpv4(gw) !== undefined ? 4 : 6,
    flags: 0,
    gateway: gw === undefined ? '' : formatGoIp(gw),
    mtu: 0,
    // netlink.Scope is a uint8.
    scope: scope & 0xff,
    source: src === undefined ? '' : formatGoIp(src),
  };
}

/** What of a route gets to the agent otherwise: host bits are masked, and what is no bare address is left out. */
function alteredRoute({ dest, gateway, source }: GoRoute, where: string): readonly Reason[] {
  const network = parseGoCidr(dest);
  const isMasked = network !== undefined && formatIp(masked(network)) !== formatIp(network.ip);
  const lost = Object.entries({ gateway, source }).filter(([, text]) => text !== '' && parseIp(text) === undefined);
  return [
    ...(isMasked
      ? [{ where, why: `bits are set behind the prefix of ${dest}: the reader sends ${formatGoNetwork(network)}` }]
      : []),
    ...lost.map(([key, text]) => ({
      where: `${where}.${key}`,
      why: `${JSON.stringify(text)} is no address without a prefix: the reader leaves it out`,
    })),
  ];
}

function sentNeighbor(neighbor: GoNeighbor, where: string, refuse: Refuse): AgentNeighbor {
  const { ip_address, hardware_addr, state, flags } = neighbor;
  const ip = parseIp(ip_address);
  const lladdr = macOf(hardware_addr, `${where}.hardware_addr`, refuse);
  return { flags, ip: ip === undefined ? null : formatGoIp(ip), lladdr, state, where };
}

function droppedAddress({ text, where }: Address): Dropped {
  return { what: 'address', name: `the address ${text}`, where, why: 'it is of the loopback network' };
}

function droppedNeighbor({ ip, state, where }: AgentNeighbor): Dropped {
  const why = `its state is ${state}, and only 128 (permanent) is sent`;
  return { what: 'neighbor', name: `the neighbor ${ip ?? ''}`, where, why };
}

/** A default route with a gateway, whose neighbor may be sent as merely reachable. */
function isDefault({ dest, gateway }: AgentRoute): boolean {
  return gateway !== '' && (dest === '' || dest === '0.0.0.0/0' || dest === '::/0');
}
