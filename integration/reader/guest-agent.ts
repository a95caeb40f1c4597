import type { Guest } from '../guest/guest.ts';
import { cidrText } from '../../src/model/cidr.ts';
import type { TakenNeighbor, TakenRoute } from '../../src/reader/verdict.ts';
import type { DanDevice } from './document.ts';

// What Kata's guest agent does in the guest (src/agent/src/netlink.rs), in its order: every interface, then all
// neighbors, then all routes, those without a gateway first. It speaks netlink; here the same requests are sent by
// iproute2.

/** Configures a guest's interfaces from a DAN file's `network_info` alone. Throws for what the guest's kernel refuses. */
export async function configureGuest(guest: Guest, devices: readonly DanDevice[]): Promise<void> {
  for (const device of devices) await updateInterface(guest, device);
  for (const device of devices) {
    for (const neighbor of device.neighbors) await ip(guest, device, neighborArguments(neighbor, device.name));
  }
  const routes = devices.flatMap((device) => device.routes.map((route) => ({ device, route })));
  const [direct, gatewayed] = [
    routes.filter(({ route }) => route.gw === undefined),
    routes.filter(({ route }) => route.gw !== undefined),
  ];
  for (const { device, route } of [...direct, ...gatewayed])
    await ip(guest, device, routeArguments(route, device.name));
  for (const device of devices) await awaitAddresses(guest, device);
}

async function updateInterface(guest: Guest, device: DanDevice): Promise<void> {
  const { name, mtu, noArp, addresses } = device;
  const link = await findLink(guest, device);
  for (const address of addresses) await ip(guest, device, ['address', 'add', address, 'dev', link]);
  const taken = link !== name && (await guest.sh(`ip link show dev ${quote(name)}`)).exitCode === 0;
  if (taken) await ip(guest, device, ['link', 'set', 'dev', name, 'name', `${name}_temp`]);
  const settings = ['mtu', String(mtu), 'name', name, 'arp', noArp ? 'off' : 'on', 'up'];
  await ip(guest, device, ['link', 'set', 'dev', link, ...settings]);
  // The agent swaps the names of two interfaces: one that had ours takes the one we had.
  if (taken) await ip(guest, device, ['link', 'set', 'dev', `${name}_temp`, 'name', link]);
}

/** The interface with the device's MAC, by the name that the guest's kernel gave it; it may still be on its way. */
async function findLink(guest: Guest, { name, mac }: DanDevice): Promise<string> {
  const wanted = mac.toLowerCase();
  const { exitCode, output } = await guest.sh(`
    for attempt in $(seq 100); do
      for link in /sys/class/net/*; do
        if [ "$(cat "$link/address")" = ${quote(wanted)} ]; then basename "$link"; exit; fi
      done
      usleep 100000
    done
    ip -brief link; exit 1`);
  if (exitCode === 0) return output.trim();
  throw new Error(
    `no interface with MAC ${wanted}, for ${name}, appeared in the guest within 10 s; it has:\n${output}`,
  );
}

function neighborArguments({ ip: address, mac }: TakenNeighbor, name: string): readonly string[] {
  const to = mac === '' ? [] : ['lladdr', mac];
  return ['neighbor', 'replace', address, ...to, 'nud', 'permanent', 'dev', name];
}

function routeArguments({ dst, flags, gw, mtu, scope, source, from }: TakenRoute, name: string): readonly string[] {
  const RTNH_F_ONLINK = 4;
  return [
    ...[`-${dst.family}`, 'route', 'replace', cidrText(dst)],
    ...(source === undefined ? [] : ['src', source.text]),
    ...(from === undefined ? [] : ['from', cidrText(from)]),
    ...(gw === undefined ? [] : ['via', gw.text]),
    ...['dev', name, 'scope', String(scope)],
    ...(mtu === 0 ? [] : ['mtu', String(mtu)]),
    ...((flags & RTNH_F_ONLINK) === 0 ? [] : ['onlink']),
  ];
}

/**
 * Waits until IPv6 addresses may be used. Kata's agent sets them without `nodad` and does not wait, so a workload may
 * meet them tentative; a test must not, and a duplicate that the guest finds is an error here.
 */
async function awaitAddresses(guest: Guest, { name }: DanDevice): Promise<void> {
  const { exitCode, output } = await guest.sh(`
    for attempt in $(seq 100); do
      duplicates=$(ip -6 address show dev ${quote(name)} dadfailed)
      if [ -n "$duplicates" ]; then echo "duplicate address: $duplicates"; exit 1; fi
      [ -n "$(ip -6 address show dev ${quote(name)} tentative)" ] || exit 0
      usleep 100000
    done
    ip -6 address show dev ${quote(name)} tentative; exit 1`);
  if (exitCode !== 0) throw new Error(`${name} in the guest has IPv6 addresses that cannot be used: ${output}`);
}

async function ip(guest: Guest, device: DanDevice, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await guest.sh(`ip ${args.map(quote).join(' ')}`);
  if (exitCode === 0) return;
  throw new Error(
    `the guest's kernel refuses, for ${device.name} on ${onHost(device)}: ip ${args.join(' ')}: ${output.trim()}`,
  );
}

function onHost({ backend }: DanDevice): string {
  return backend.type === 'host-tap' ? `tap ${backend.name}` : `socket ${backend.path}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
