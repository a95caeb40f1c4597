import { expect, test } from 'vitest';
import { isSoak } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { pluginDirectory } from '../harness/install.ts';
import { callPlugin } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { OpenVSwitch } from '../ovs/open-vswitch.ts';
import { type Attached, expectRates, type Limited, limitsOf, makeCable } from './flow.ts';

/** Makes a bridge with a cable that leads into it. */
async function makeNetwork(host: Host, bridge: string, mtu: number): Promise<void> {
  await makeBridge(host, bridge);
  await makeCable(host, mtu);
  await host.sh(`ip link set port master ${bridge}; ip link set ${bridge} mtu ${mtu}`);
}

async function onLinuxBridge(host: Host, limited: Limited): Promise<Attached> {
  await makeNetwork(host, 'br0', limited.mtu);
  return await hostTap(host, limited);
}

async function onOpenVSwitch(host: Host, limited: Limited): Promise<Attached> {
  const ovs = await OpenVSwitch.start(host);
  await ovs.addBridge('br0');
  await makeCable(host, limited.mtu);
  await ovs.vsctl('set', 'Interface', 'br0', `mtu_request=${limited.mtu}`, '--', 'add-port', 'br0', 'port');
  return await hostTap(host, limited);
}

async function hostTap(host: Host, { bandwidth }: Limited): Promise<Attached> {
  const guest = '02:00:00:00:00:05';
  const config = networkConfig({ runtimeConfig: { bandwidth }, mac: guest });
  const { exitCode, stdout, json } = await callPlugin(host, {
    ...{ command: 'ADD', config, netns: await host.podNetns('pod') },
  });
  expect(exitCode, stdout).toBe(0);
  const tap = (json['interfaces'] as { name: string }[]).find(({ name }) => name.startsWith('dan'))!.name;
  return { tap, guest };
}

/** A plugin of a list. */
interface Plugin {
  readonly type: string;
  readonly device?: string;
  readonly runtime?: string;
  readonly runtimeConfig?: { readonly bandwidth: object };
}

/** Attaches a sandbox with the plugins of a list, in order, behind Debian's bridge. */
async function chained(host: Host, mtu: number, plugins: readonly Plugin[]): Promise<void> {
  await makeNetwork(host, 'cni0', mtu);
  const netns = await host.podNetns('pod');
  const ipam = { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/24' }]] };
  const list = { cniVersion: '1.0.0', name: 'pod-net' };
  let prevResult: Readonly<Record<string, unknown>> | undefined;
  for (const plugin of [{ type: 'bridge', bridge: 'cni0', mtu, ipam }, ...plugins]) {
    const config = { ...list, ...plugin, ...(prevResult === undefined ? {} : { prevResult }) };
    const own = plugin.type === 'dan' ? {} : { program: [`${pluginDirectory}/${plugin.type}`] as const };
    const { exitCode, stdout, json } = await callPlugin(host, { command: 'ADD', config, netns, ...own });
    expect(exitCode, stdout).toBe(0);
    prevResult = json;
  }
}

/** What a tcfilter for runtime-rs has, whose tap is on the host, and whose guest has the MAC of the pod's interface. */
async function tcfilterOf(host: Host): Promise<Attached> {
  const [{ address }] = JSON.parse(await host.sh('ip -n pod -j link show dev eth0')) as [{ address: string }];
  const tap = await host.sh("ip -o link show type tun | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/'");
  return { tap, guest: address };
}

/** What is attached in the pod's namespace, whose guest has the MAC of the file. */
async function inPod(host: Host): Promise<Attached> {
  const file = await host.sh('cat /run/kata-containers/dans/*.json');
  const { devices } = JSON.parse(file) as { devices: [{ guest_mac: string; device: { tap_name: string } }] };
  const [{ guest_mac: guest, device }] = devices;
  const node = await host.sh('[ ! -d /run/dan/macvtap ] || find /run/dan/macvtap -type c');
  return { tap: `/run/netns/pod:${node === '' ? device.tap_name : node}`, guest };
}

const dan = { type: 'dan', device: 'tcfilter' };

const kinds: Readonly<Record<string, (host: Host, limited: Limited) => Promise<Attached>>> = {
  'host-tap on a Linux bridge': onLinuxBridge,
  'host-tap on an Open vSwitch': onOpenVSwitch,
  'tcfilter for runtime-rs': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [{ ...dan, runtimeConfig: { bandwidth } }]);
    return await tcfilterOf(host);
  },
  'tcfilter behind the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [{ type: 'bandwidth', runtimeConfig: { bandwidth } }, dan]);
    return await tcfilterOf(host);
  },
  'tcfilter for generic behind the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [
      { type: 'bandwidth', runtimeConfig: { bandwidth } },
      { ...dan, runtime: 'generic' },
    ]);
    return await inPod(host);
  },
  'macvtap behind the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    const macvtap = { type: 'dan', device: 'macvtap', runtime: 'generic' };
    await chained(host, mtu, [{ type: 'bandwidth', runtimeConfig: { bandwidth } }, macvtap]);
    return await inPod(host);
  },
  'tcfilter before the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [dan, { type: 'bandwidth', runtimeConfig: { bandwidth } }]);
    return await tcfilterOf(host);
  },
};

const usualRates = [
  { bits: 8e6, mtu: 1500 },
  { bits: 100e6, mtu: 1500 },
] as const;

// A gigabit, even of large frames, is more than a switch in user space can carry on a machine that does something else as well.
const rates = isSoak ? [...usualRates, { bits: 1000e6, mtu: 9000 }] : usualRates;

const isForeign = (kind: string): boolean => kind.endsWith('the plugin bandwidth');

// One place in a list shows whether another plugin's limits hold; the soak tries every place.
const foreign = Object.keys(kinds)
  .filter(isForeign)
  .slice(0, isSoak ? undefined : 1);

/** The rates of a place. The low rate differs only in its numbers, so `npm test` tries it in one place. */
function ratesOf(kind: string): readonly { readonly bits: number; readonly mtu: number }[] {
  if (isForeign(kind)) return [usualRates[1]];
  return isSoak || kind === 'host-tap on a Linux bridge' ? rates : [usualRates[1]];
}

const cases = Object.entries(kinds)
  .filter(([kind]) => !isForeign(kind) || foreign.includes(kind))
  .flatMap(([kind, attach]) => ratesOf(kind).map((rate) => ({ kind, attach, ...rate })));

test.each(cases)('$kind passes $bits bits a second in each direction, and no more', async ({ attach, bits, mtu }) => {
  await using host = await Host.create();
  const attached = await attach(host, { bandwidth: limitsOf(bits), mtu });
  await expectRates(host, attached, { bits, mtu });
});
