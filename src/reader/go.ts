import { hex, utf8 } from '#bytes';
import { cidrText, hasHostBits, networkOf } from '../model/cidr.ts';
import type { Ip } from '../model/ip.ts';
import { type Cidr, isLoopback, parseGateway, parseGoCidr, parseGoMac, parseIp, unmapped } from './addresses.ts';
import { type Notes, read, type Reader } from './reader.ts';
import type { AgentRoute, TakenDevice, Verdict } from './verdict.ts';

const NUD_REACHABLE = 2;
const NUD_PERMANENT = 128;

/**
 * How Kata's Go runtime and its guest agent treat the text of a DAN file: `addDanEndpoints` and
 * `convertDanDeviceToNetworkInfo` (Kata's src/runtime/virtcontainers/network_linux.go), then
 * `generateVCNetworkStructures` (network.go), then the agent's netlink.rs.
 */
export function readGo(text: string): Verdict {
  const verdict = read(text, goRuntime);
  if (!verdict.accepted) return verdict;
  // Hexadecimal texts sort in the order of the bytes.
  const order = ({ guest_name: name }: TakenDevice): string => hex(utf8(name));
  return { ...verdict, devices: verdict.devices.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)) };
}

const goRuntime: Reader = {
  name: 'go',
  device({ guest_mac, device: { pci_device_id, type } }, where, notes) {
    if (type !== 'vfio') {
      const why = `the reader takes devices of type vfio, not ${JSON.stringify(type)}`;
      notes.refused.push({ where: `${where}.device.type`, why });
    }
    return {
      guest_mac: macOf(guest_mac ?? '', `${where}.guest_mac`, notes),
      vmm_mac_ok: true,
      device: { type: 'vfio', pci_device_id },
      ...{ queue_num: 0, queue_pairs: 0, queue_size: 0, flags: 0 },
    };
  },
  /** `netlink.ParseAddr`: the part after the first space is a label. */
  address(text, where, notes) {
    const cidr = parseGoCidr(text.split(' ')[0] ?? '');
    if (cidr === undefined) {
      notes.refused.push({ where, why: `${JSON.stringify(text)} is not an address with a prefix in digits` });
      return undefined;
    }
    const sent = `${goText(cidr)}/${cidr.prefix}`;
    if (!isLoopback(unmapped(cidr) ?? cidr)) return sent;
    notes.dropped.push({ what: 'address', name: `the address ${sent}`, where, why: 'it is of the loopback network' });
    return undefined;
  },
  /** The file's flags and MTU get lost; host bits are masked; only a route with an IPv4 gateway is AF_INET. */
  route({ dest, gateway, source, scope }, where, notes) {
    const network = parseGoCidr(dest);
    if (dest !== '' && network === undefined) {
      notes.refused.push({ where, why: `the dest ${JSON.stringify(dest)} is not an "ip/prefix"` });
    }
    if (network !== undefined && hasHostBits(network)) {
      const why = `bits are set behind the prefix of ${dest}: the reader sends ${goNetwork(network)}`;
      notes.altered.push({ where, why });
    }
    const gw = bareAddress(gateway, `${where}.gateway`, notes);
    return {
      ...{ where, flags: 0, mtu: 0 },
      dest: network === undefined ? '' : goNetwork(network),
      family: gw?.family ?? 6,
      gateway: gw?.text ?? '',
      // netlink.Scope is a uint8.
      scope: scope & 0xff,
      source: bareAddress(source, `${where}.source`, notes)?.text ?? '',
    };
  },
  neighbor({ ip_address, hardware_addr, state, flags }, where, notes, routes) {
    const lladdr = macOf(hardware_addr, `${where}.hardware_addr`, notes) ?? '';
    const address = parseIp(ip_address ?? '');
    const ip = address === undefined ? null : goText(address);
    const isGateway = routes.some((route) => isDefault(route) && route.gateway === ip);
    if (state === NUD_PERMANENT || (state === NUD_REACHABLE && isGateway)) return { where, ip, lladdr, state, flags };
    const why = `its state is ${state}, and only 128 (permanent) is sent`;
    notes.dropped.push({ what: 'neighbor', name: `the neighbor ${ip ?? ''}`, where, why });
    return undefined;
  },
  neighborAddress: 'an address without a prefix',
};

function macOf(text: string, where: string, notes: Notes): string | null {
  const mac = parseGoMac(text);
  if (mac !== undefined) return mac;
  const why = `${JSON.stringify(text)} is not a MAC: write six pairs of digits, like 02:5c:1e:07:9a:41`;
  notes.refused.push({ where, why });
  return null;
}

// A text that is not an address without a prefix is left out.
function bareAddress(text: string, where: string, notes: Notes): Ip | undefined {
  if (text === '') return undefined;
  const ip = parseGateway(text);
  if (ip === undefined) {
    const why = `${JSON.stringify(text)} is not an address without a prefix: the reader leaves it out`;
    notes.altered.push({ where, why });
  }
  return ip === undefined ? undefined : (unmapped(ip) ?? ip);
}

/** A default route with a gateway. Its neighbor is also sent if it is only reachable. */
function isDefault({ dest, gateway }: AgentRoute): boolean {
  return gateway !== '' && (dest === '' || dest === '0.0.0.0/0' || dest === '::/0');
}

/** `net.IP.String`: Go treats an IPv4-mapped address as an IPv4 address. */
function goText(ip: Ip): string {
  return (unmapped(ip) ?? ip).text;
}

/** The network of `net.ParseCIDR` as `net.IPNet.String` prints it: masked; a mapped one has the rest of its mask. */
function goNetwork(cidr: Cidr): string {
  const network = networkOf(cidr);
  const mapped = unmapped(network);
  return mapped === undefined ? cidrText(network) : `${mapped.text}/${cidr.prefix - 96}`;
}
