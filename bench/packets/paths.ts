import type { Host } from '../../integration/harness/host.ts';
import { callJob, resultOf } from '../attach/call.ts';
import { danBridge } from '../attach/node.ts';
import type { Plugin, Plugins } from '../attach/plugins.ts';
import type { Launcher } from '../launch/launcher.ts';
import { subjects } from '../subjects.ts';

/** A tap at the end of a packet's path, and the MAC behind it. */
export interface Path {
  readonly name: string;
  readonly tap: string;
  readonly mac: string;
  /** The bridge's port that leads to it. */
  readonly port: string;
  /** The network namespace of the tap; left out for the host's. */
  readonly netns?: string;
}

/** Name of the namespace at the network's end, and of its port. */
export const client = 'client';
/** The MAC at the network's end. */
export const clientMac = '02:00:00:00:00:c1';

interface Interfaces {
  readonly interfaces: readonly { readonly name: string; readonly mac: string }[];
}

/** Makes the network's end: a namespace with a port of the bridge. */
export async function makeClient(host: Host): Promise<void> {
  await host.podNetns(client);
  await host.sh(`
    ip link add ${client} type veth peer name eth0 address ${clientMac} netns ${client}
    ip link set ${client} master ${danBridge} up
    ip netns exec ${client} sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    ip -n ${client} link set eth0 up`);
}

/** Makes every path from the bridge to a tap, each to its own sandbox. */
export async function makePaths(
  host: Host,
  launcher: Launcher,
  { hostTap, bridge, all }: Plugins,
): Promise<readonly Path[]> {
  const [tcfilterPod, tcfilterHost] = [subjects.tcfilterPod, subjects.tcfilterHost].map((name) =>
    all.find((plugin) => plugin.name === name),
  );
  if (tcfilterPod === undefined || tcfilterHost === undefined) throw new Error('no plugin redirects');
  const before = { ...bridge, network: { ...bridge.network, bridge: danBridge } };
  const direct = await add(launcher, hostTap, 'direct', await host.podNetns('direct'));
  const [tap, guest] = direct.interfaces;
  if (tap === undefined || guest === undefined) throw new Error('dan names no tap');
  return [
    { name: subjects.hostTap, tap: tap.name, mac: guest.mac, port: tap.name },
    await redirected(host, launcher, before, tcfilterHost, 'host'),
    await redirected(host, launcher, before, tcfilterPod, 'pod'),
    await kataChain(host, launcher, before),
  ];
}

/** `bridge` first, then dan's redirection. */
async function redirected(host: Host, launcher: Launcher, before: Plugin, dan: Plugin, pod: string): Promise<Path> {
  const netns = await host.podNetns(pod);
  const prevResult = await add(launcher, before, pod, netns);
  const port = portOf(prevResult);
  const { interfaces } = await add(launcher, dan, pod, netns, prevResult);
  const file = await host.sh(`cat /run/kata-containers/dans/${pod}.json`);
  const tap = /"tap_name":"([^"]*)"/.exec(file)?.[1];
  const guest = interfaces.find(({ name }) => name === 'eth0');
  if (tap === undefined || guest === undefined) throw new Error(`dan names no tap: ${file}`);
  const inPod = (JSON.parse(file) as { readonly netns: string | null }).netns !== null;
  return { name: dan.name, tap, mac: guest.mac, port, ...(inPod ? { netns } : {}) };
}

/** `bridge` first, then the redirection that Kata itself makes for a pod's interface without a DAN file. */
async function kataChain(host: Host, launcher: Launcher, before: Plugin): Promise<Path> {
  const [pod, tap] = ['kata', 'tap0_kata'];
  const netns = await host.podNetns(pod);
  const result = await add(launcher, before, pod, netns);
  const mac = result.interfaces.at(-1)?.mac;
  if (mac === undefined) throw new Error('the plugin bridge names no interface in the pod');
  const redirect = (from: string, to: string): string => `
    tc -n ${pod} qdisc add dev ${from} ingress
    tc -n ${pod} filter add dev ${from} parent ffff: protocol all u32 match u8 0 0 action mirred egress redirect dev ${to}`;
  await host.sh(`
    ip netns exec ${pod} ip tuntap add dev ${tap} mode tap vnet_hdr
    ip -n ${pod} link set ${tap} up
    ${redirect('eth0', tap)}
    ${redirect(tap, 'eth0')}`);
  return { name: subjects.kataChain, tap, mac, port: portOf(result), netns };
}

/** The port that the plugin `bridge` made. Its result lists the bridge, the port, and the interface in the pod. */
function portOf({ interfaces }: Interfaces): string {
  const port = interfaces[1];
  if (port === undefined) throw new Error('the plugin bridge names no port');
  return port.name;
}

async function add(
  launcher: Launcher,
  plugin: Plugin,
  sandbox: string,
  netns: string,
  prevResult?: object,
): Promise<Interfaces> {
  const attachment = { plugin, sandbox, netns, ...(prevResult && { prevResult }) };
  return resultOf(`${plugin.name}: ADD`, await launcher.runOne(callJob('ADD', attachment))) as Interfaces;
}
