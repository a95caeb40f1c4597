import { cidrText } from '../model/cidr.ts';
import { isLoopback, isTapMac, isVhostUserMac, parseIp, parseKataCidr } from './addresses.ts';
import { read, type Reader } from './reader.ts';
import type { Verdict } from './verdict.ts';

const NUD_PERMANENT = 128;
const IFF_NOARP = 0x80;
const defaultQueueSize = 256;

/**
 * How Kata's runtime-rs and its guest agent treat the text of a DAN file: `DanInner::new` (Kata's
 * src/runtime-rs/crates/resource/src/network/dan.rs) up to the point at which it looks at the host, then
 * network_info_from_dan.rs, then the agent's netlink.rs.
 * @param networkQueues `network_queues` of Kata's configuration, used if `queue_num` is 0.
 */
export function readRuntimeRs(text: string, networkQueues = 1): Verdict {
  const verdict = read(text, runtimeRs(networkQueues));
  if (!verdict.accepted || verdict.netns === null) return verdict;
  const why =
    `it is ${JSON.stringify(verdict.netns)}, but the reader looks for a tap in its own namespace before it enters that ` +
    'one, and does not find a tap in the pod’s namespace; make the tap in the host’s, with "netns": null';
  return { ...verdict, altered: [{ where: 'netns', why }] };
}

const runtimeRs = (networkQueues: number): Reader => ({
  name: 'rust',
  device({ guest_mac, device, network_info: info }, where, notes) {
    const { path, queue_num, queue_size, tap_name, type } = device;
    const isTap = type === 'host-tap';
    const flags = info.interface.flags & IFF_NOARP;
    if (flags !== info.interface.flags) {
      const why = `of ${info.interface.flags} only ${IFF_NOARP} (no ARP) gets to the guest`;
      notes.altered.push({ where: `${where}.network_info.interface.flags`, why });
    }
    return {
      guest_mac,
      vmm_mac_ok: guest_mac === null || (isTap ? isTapMac(guest_mac) : isVhostUserMac(guest_mac)),
      device: isTap ? { type, tap_name } : { type: 'vhost-user', path },
      queue_num,
      queue_pairs: queue_num === 0 ? Math.max(networkQueues, 1) : queue_num,
      queue_size: queue_size === 0 ? defaultQueueSize : queue_size,
      flags,
    };
  },
  /** `NetworkInfoFromDan::new` keeps an address if it is an `ip/prefix` and not loopback. */
  address(text, where, notes) {
    const address = parseKataCidr(text);
    if (address !== undefined && !isLoopback(address)) return cidrText(address);
    const why = address === undefined ? addressFault(text) : 'it is of the loopback network';
    notes.dropped.push({ what: 'address', name: JSON.stringify(text), where, why });
    return undefined;
  },
  /** `ip_family` uses the first given of destination, gateway and source. Without a family, the route is dropped. */
  route(route, where, notes) {
    const { dest, gateway, source } = route;
    const ip = dest === '' ? parseIp(gateway === '' ? source : gateway) : parseKataCidr(dest);
    if (ip !== undefined) return { ...route, where, family: ip.family };
    notes.dropped.push({ what: 'route', name: `the route to ${JSON.stringify(dest)}`, where, why: routeFault(dest) });
    return undefined;
  },
  neighbor({ ip_address, hardware_addr: lladdr, state, flags }, where, notes) {
    if (state === NUD_PERMANENT) {
      return { where, ip: parseKataCidr(ip_address ?? '')?.text ?? null, lladdr, state, flags };
    }
    const why = `its state is ${state}, and only 128 (permanent) is sent`;
    notes.dropped.push({ what: 'neighbor', name: `the neighbor ${ip_address ?? ''}`, where, why });
    return undefined;
  },
  neighborAddress: 'an address with a prefix, like 10.88.0.9/32',
});

function addressFault(text: string): string {
  if (text.includes('%')) return 'it names a zone';
  return text.includes('/') ? 'it is not an "ip/prefix" with a prefix in digits' : 'it has no prefix length';
}

function routeFault(dest: string): string {
  if (dest === '') return 'it has neither a destination nor a gateway that tells its IP version';
  if (dest === 'default') return 'write "0.0.0.0/0" or "::/0"';
  return dest.includes('/') ? 'it is not an "ip/prefix"' : 'it has no prefix length';
}
