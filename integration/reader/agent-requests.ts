import { cidrText } from '../../src/model/cidr.ts';
import type { TakenNeighbor, TakenRoute } from '../../src/reader/verdict.ts';
import type { DanDevice } from './document.ts';

// The requests of Kata's guest agent to the guest's kernel (src/agent/src/netlink.rs), in its order: every interface,
// then all neighbors, then all routes, those without a gateway first; all except the addresses with NLM_F_REPLACE. The
// agent uses netlink; here the same requests are lines of `ip`.

/** A request: its device, and the arguments of `ip`. */
export interface AgentRequest {
  readonly device: DanDevice;
  readonly args: readonly string[];
}

/**
 * The requests for all interfaces. `names` has the name of each link, by MAC, as the guest's kernel gave it. If another
 * link has the name that an interface gets, the agent swaps the names of both.
 */
export function linkRequests(
  devices: readonly DanDevice[],
  names: ReadonlyMap<string, string>,
): readonly AgentRequest[] {
  const now = new Map(names);
  return devices.flatMap((device) => {
    const { name } = device;
    const mac = device.mac.toLowerCase();
    const link = now.get(mac) ?? name;
    const [other] = [...now].find(([otherMac, taken]) => taken === name && otherMac !== mac) ?? [];
    const rename = (from: string, to: string): AgentRequest[] =>
      other === undefined ? [] : [{ device, args: ['link', 'set', 'dev', from, 'name', to] }];
    if (other !== undefined) now.set(other, link);
    now.set(mac, name);
    const temporary = `${name}_temp`;
    return [...rename(name, temporary), ...interfaceRequests(device, link), ...rename(temporary, link)];
  });
}

/** The requests for one interface. `link` is its name before; the MTU comes after the addresses. */
export function interfaceRequests(device: DanDevice, link: string): readonly AgentRequest[] {
  const { name, mtu, noArp, addresses } = device;
  const settings = ['mtu', String(mtu), 'name', name, 'arp', noArp ? 'off' : 'on', 'up'];
  return [
    ...addresses.map((address) => ({ device, args: ['address', 'add', address, 'dev', link] })),
    { device, args: ['link', 'set', 'dev', link, ...settings] },
  ];
}

/** The requests that follow all interfaces. */
export function networkRequests(devices: readonly DanDevice[]): readonly AgentRequest[] {
  const routes = devices.flatMap((device) => device.routes.map((route) => ({ device, route })));
  const [direct, gatewayed] = [
    routes.filter(({ route }) => route.gw === undefined),
    routes.filter(({ route }) => route.gw !== undefined),
  ];
  return [
    ...devices.flatMap((device) =>
      device.neighbors.map((neighbor) => ({ device, args: neighborArguments(neighbor, device.name) })),
    ),
    ...[...direct, ...gatewayed].map(({ device, route }) => ({ device, args: routeArguments(route, device.name) })),
  ];
}

/** The neighbor flags that `ip` can request; the kernel keeps none of the others. */
const neighborFlags = { use: 1, extern_learn: 16, router: 128 } as const;
const proxyFlag = 8;

function neighborArguments({ ip: address, mac, flags }: TakenNeighbor, name: string): readonly string[] {
  if ((flags & proxyFlag) !== 0) return ['neighbor', 'replace', 'proxy', address, 'dev', name];
  const to = mac === '' ? [] : ['lladdr', mac];
  const asked = Object.entries(neighborFlags).flatMap(([word, flag]) => ((flags & flag) === 0 ? [] : [word]));
  return ['neighbor', 'replace', address, ...to, 'nud', 'permanent', 'dev', name, ...asked];
}

function routeArguments({ dst, onlink, gw, mtu, scope, source, from }: TakenRoute, name: string): readonly string[] {
  return [
    ...['route', 'replace', cidrText(dst)],
    ...(source === undefined ? [] : ['src', source.text]),
    // The kernel ignores the senders of an IPv4 route.
    ...(from === undefined || dst.family === 4 ? [] : ['from', cidrText(from)]),
    ...(gw === undefined ? [] : ['via', gw.text]),
    ...['dev', name, 'scope', String(scope)],
    ...(mtu === 0 ? [] : ['mtu', String(mtu)]),
    ...(onlink ? ['onlink'] : []),
  ];
}
