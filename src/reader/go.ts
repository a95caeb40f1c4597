import { hex, utf8 } from '#bytes';
import { elements } from './go-json.ts';
import { type GoDanDevice, type GoNeighbor, type GoRoute, parseGoDocument } from './go-document.ts';
import { formatGoIp, formatGoNetwork, parseGoCidr, parseGoMac, toIpv4 } from './go-net.ts';
import { type Cidr, isLoopback, parseIp } from './ip.ts';

/** What the Go runtime makes of a file: it fails the sandbox with an error, or goes on with devices. */
export type GoReading =
  | { readonly accepted: false; readonly error: string }
  | { readonly accepted: true; readonly devices: readonly GoDevice[] };

/** A device of a file as the Go runtime has it and sends it to the guest agent. */
export interface GoDevice {
  readonly name: string;
  readonly pci_device_id: string;
  readonly hwaddr: string;
  readonly mtu: number;
  readonly update_interface_addrs: readonly { readonly address: string; readonly mask: string; readonly v6: boolean }[];
  readonly update_routes: readonly GoGuestRoute[];
  readonly add_arp_neighbors: readonly GoGuestNeighbor[];
  readonly dropped_neighbors: number;
  /** What was dropped: addresses of the loopback network, and neighbors of other states. */
  readonly dropped: {
    readonly addresses: readonly string[];
    readonly neighbors: readonly GoGuestNeighbor[];
  };
}

/** A route as the Go runtime sends it to the guest agent; flags and MTU of the file never get here. */
interface GoGuestRoute {
  readonly dest?: string;
  /** AF_INET (2) only where the gateway is IPv4, otherwise AF_INET6 (10), whatever the destination is. */
  readonly family: 2 | 10;
  readonly flags: 0;
  readonly gateway?: string;
  readonly mtu: 0;
  readonly scope: number;
  readonly source?: string;
}

/** A neighbor as the Go runtime sends it to the guest agent. */
export interface GoGuestNeighbor {
  readonly flags: number;
  /** `<nil>` where the file's address carries a prefix or is no address at all. */
  readonly ip: string;
  readonly lladdr: string;
  readonly state: number;
}

const NUD_REACHABLE = 2;
const NUD_PERMANENT = 128;

/** A refusal by the Go runtime of a file that it could unmarshal. */
class GoError extends Error {}

/**
 * What Kata's Go runtime makes of the text of a DAN file: `addDanEndpoints` and `convertDanDeviceToNetworkInfo`
 * (Kata's src/runtime/virtcontainers/network_linux.go), then `generateVCNetworkStructures` (network.go).
 */
export function readGo(text: string): GoReading {
  const document = parseGoDocument(text);
  if ('error' in document) return { accepted: false, error: `fail to unmarshal DAN config: ${document.error}` };
  try {
    const devices = document.devices.map(readDevice);
    return {
      accepted: true,
      devices: devices.sort((a, b) => (bytesOf(a.name) < bytesOf(b.name) ? -1 : 1)),
    };
  } catch (error) {
    if (error instanceof GoError) return { accepted: false, error: error.message };
    throw error;
  }
}

// In the order of texts, these have that of the bytes.
function bytesOf(name: string): string {
  return hex(utf8(name));
}

function readDevice({ name, guest_mac, device, network_info: info }: GoDanDevice): GoDevice {
  const hwaddr = mac(guest_mac, 'bad mac address in DAN config');
  const addresses = elements(info.interface.ip_addresses).map(address);
  const routes = elements(info.routes).map(guestRoute);
  const neighbors = elements(info.neighbors).map(guestNeighbor);
  // The type is looked at last: all of the network information must be sound before.
  if (device.type !== 'vfio') throw new GoError(`unknown DAN device type: '${device.type}'`);

  const gateways = routes.filter(isDefault).map(({ gateway }) => gateway);
  const isKept = ({ state, ip }: GoGuestNeighbor): boolean =>
    state === NUD_PERMANENT || (state === NUD_REACHABLE && gateways.includes(ip));
  const isLocal = ({ ip }: Cidr): boolean => isLoopback(toIpv4(ip) ?? ip);
  const kept = neighbors.filter(isKept);
  return {
    name,
    pci_device_id: device.pci_device_id,
    hwaddr,
    mtu: info.interface.mtu,
    update_interface_addrs: addresses
      .filter((one) => !isLocal(one))
      .map(({ ip, prefix }) => ({ address: formatGoIp(ip), mask: String(prefix), v6: toIpv4(ip) === undefined })),
    update_routes: routes,
    add_arp_neighbors: kept,
    dropped_neighbors: neighbors.length - kept.length,
    dropped: {
      addresses: addresses.filter(isLocal).map(({ ip, prefix }) => `${formatGoIp(ip)}/${prefix}`),
      neighbors: neighbors.filter((one) => !isKept(one)),
    },
  };
}

function mac(text: string, context: string): string {
  const parsed = parseGoMac(text);
  if (parsed !== undefined) return parsed;
  throw new GoError(`${context}: ${text === '' ? '' : `address ${text}: `}invalid MAC address`);
}

/** `netlink.ParseAddr`: what follows the first space is a label. */
function address(text: string): Cidr {
  const [cidr = ''] = text.split(' ');
  return parsedCidr(cidr, 'bad IP address in DAN config');
}

function parsedCidr(text: string, context: string): Cidr {
  const cidr = parseGoCidr(text);
  if (cidr === undefined) throw new GoError(`${context}: invalid CIDR address: ${text}`);
  return cidr;
}

function guestRoute({ dest, gateway, source, scope }: GoRoute): GoGuestRoute {
  const network = dest === '' ? undefined : parsedCidr(dest, 'bad route dest in DAN config');
  const gw = parseIp(gateway);
  const src = parseIp(source);
  const isIpv4 = gw !== undefined && toIpv4(gw) !== undefined;
  return {
    ...(network === undefined ? {} : { dest: formatGoNetwork(network) }),
    family: isIpv4 ? 2 : 10,
    flags: 0,
    ...(gw === undefined ? {} : { gateway: formatGoIp(gw) }),
    mtu: 0,
    // netlink.Scope is a uint8.
    scope: scope & 0xff,
    ...(src === undefined ? {} : { source: formatGoIp(src) }),
  };
}

function guestNeighbor({ ip_address, hardware_addr, state, flags }: GoNeighbor): GoGuestNeighbor {
  const lladdr = mac(hardware_addr, 'bad neighbor hardware address in DAN config');
  const ip = parseIp(ip_address);
  return { flags, ip: ip === undefined ? '<nil>' : formatGoIp(ip), lladdr, state };
}

/** A default route with a gateway, whose neighbor may be sent as merely reachable. */
function isDefault({ dest, gateway }: GoGuestRoute): boolean {
  return gateway !== undefined && (dest === undefined || dest === '0.0.0.0/0' || dest === '::/0');
}
