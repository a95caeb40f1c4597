import type { Log } from '../../host/log.ts';
import { functionOf, socketOf, tapOf } from '../../kinds/kinds.ts';
import { canonicalAddress, cidrText } from '../../model/cidr.ts';
import type { Route } from '../../model/route.ts';
import { readResult, type Result, type ResultInterface, strayAddresses } from '../../protocol/result.ts';
import type { Allocation } from './addressing.ts';
import type { PlannedTask } from './task.ts';

/**
 * The CNI result: the interfaces of earlier plugins, then the tap, if there is one, then the guest's interface with its
 * addresses. The guest's interface has the pod's namespace as its sandbox, since runtimes look for the pod's address
 * there (containerd's go-cni). If the guest takes over an interface of an earlier plugin, that plugin's result is
 * passed on with the tap added.
 */
export function resultOf(task: PlannedTask, { addresses, routes, dns }: Allocation): Result {
  const { plan, identity, request, log } = task;
  const { guestMac, mtu, source, device } = plan;
  const { netns } = request.environment;
  const given = request.input.document['prevResult'] ?? undefined;
  const previous = given === undefined ? undefined : readResult(given);
  const stray = given === undefined ? [] : strayAddresses(given);
  if (stray.length > 0) {
    log('warn', "the previous plugin's result gives addresses to an interface that it does not list", { stray });
  }
  if (source !== undefined && previous !== undefined) {
    const real = new Set<string>(addresses.map(({ address }) => address.text));
    const completed = withInterface(previous, { name: source.name, mac: guestMac, mtu, sandbox: netns }, real);
    logDifferences(completed, source.name, real, { mac: guestMac, mtu }, log);
    return { ...completed, interfaces: [...completed.interfaces, ...tapIn(task)], dns };
  }
  const before = [...(previous?.interfaces ?? []), ...tapIn(task)];
  const socketPath = socketOf(device);
  const socket = socketPath === undefined ? {} : { socketPath };
  const pciID = functionOf(device)?.address;
  const pci = pciID === undefined ? {} : { pciID };
  return {
    interfaces: [...before, { name: identity.ifname, mac: guestMac, mtu, sandbox: netns, ...socket, ...pci }],
    ips: [
      ...(previous?.ips ?? []),
      ...addresses.map(({ address, gateway }) => ({
        address: cidrText(address),
        ...(gateway === undefined ? {} : { gateway: gateway.text }),
        interface: before.length,
      })),
    ],
    routes: [...(previous?.routes ?? []), ...routes.map(resultRoute)],
    dns,
  };
}

function tapIn({ plan: { device }, request }: PlannedTask): ResultInterface[] {
  const tap = tapOf(device);
  if (tap === undefined) return [];
  return [
    { name: tap.name, mac: tap.mac, mtu: tap.mtu, ...(tap.in === 'pod' ? { sandbox: request.environment.netns } : {}) },
  ];
}

function resultRoute({ dst, gw, mtu, scope }: Route): Result['routes'][number] {
  return {
    dst: cidrText(dst),
    ...(gw === undefined ? {} : { gw: gw.text }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/**
 * The previous result with the interface that the guest takes over, and with its addresses assigned to that interface.
 * Their index may be missing, or may be that of the host's end of the pair. Runtimes look for the pod's address there.
 */
function withInterface(previous: Result, interfaceOfPod: ResultInterface, real: ReadonlySet<string>): Result {
  const { interfaces, ips } = previous;
  const isInPod = (one: ResultInterface | undefined): boolean => (one?.sandbox ?? '') !== '';
  const found = interfaces.findIndex((one) => one.name === interfaceOfPod.name && isInPod(one));
  const at = found < 0 ? interfaces.length : found;
  return {
    ...previous,
    interfaces: found < 0 ? [...interfaces, interfaceOfPod] : interfaces,
    ips: ips.map((ip) => {
      const isElsewhere = ip.interface !== undefined && isInPod(interfaces[ip.interface]);
      return isElsewhere || !real.has(canonicalAddress(ip.address)) ? ip : { ...ip, interface: at };
    }),
  };
}

// Logs where the earlier plugin's result differs from the kernel. The guest gets what the kernel has.
function logDifferences(
  previous: Result,
  ifname: string,
  addresses: ReadonlySet<string>,
  kernel: { readonly mac: string; readonly mtu: number },
  log: Log,
): void {
  const at = previous.interfaces.findIndex(({ name, sandbox }) => name === ifname && (sandbox ?? '') !== '');
  const claimed = previous.ips
    .filter((ip) => ip.interface === undefined || at < 0 || ip.interface === at)
    .map(({ address }) => canonicalAddress(address));
  const missing = claimed.filter((address) => !addresses.has(address));
  const announced = new Set(claimed);
  const unannounced = [...addresses].filter((address) => !announced.has(address));
  if (missing.length > 0 || unannounced.length > 0) {
    const fields = { missing, unannounced };
    log(
      'warn',
      "the addresses in the kernel differ from the previous plugin's result: dan uses those in the kernel",
      fields,
    );
  }
  const { mac = kernel.mac, mtu = kernel.mtu } = previous.interfaces[at] ?? {};
  if (octetsOf(mac) === octetsOf(kernel.mac) && mtu === kernel.mtu) return;
  const fields = { previous: { mac, mtu }, kernel };
  log(
    'warn',
    "the MAC or the MTU in the kernel differs from the previous plugin's result: dan uses those in the kernel",
    fields,
  );
}

// Plugins write a MAC in upper or lower case, and with ":", "-", "." or nothing between the octets.
function octetsOf(mac: unknown): string {
  return typeof mac === 'string' ? mac.toLowerCase().replace(/[^0-9a-f]/g, '') : '';
}
