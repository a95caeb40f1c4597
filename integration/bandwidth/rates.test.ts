import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { pluginDirectory } from '../harness/install.ts';
import { callPlugin } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';

const flow = fileURLToPath(new URL('flow.py', import.meta.url));

/** A tap, and the MAC of its guest. */
interface Attached {
  readonly tap: string;
  readonly guest: string;
}

/** What is limited, on links of which MTU. */
interface Limited {
  readonly bandwidth: object;
  /** Bytes. */
  readonly mtu: number;
}

/** Bits a second that arrive of twice as many as a limit has, between a tap and a cable of its bridge. */
async function measure(
  host: Host,
  direction: 'from' | 'to',
  { tap, guest }: Attached,
  { bits, mtu }: { readonly bits: number; readonly mtu: number },
): Promise<number> {
  const mac = direction === 'to' ? guest : await host.sh('cat /sys/class/net/cable/address');
  return Number(await host.sh(`python3 ${flow} ${direction} ${tap} cable ${mac} ${bits} 2 ${mtu}`));
}

/** Makes a bridge with a cable that leads into it. */
async function makeNetwork(host: Host, bridge: string, mtu: number): Promise<void> {
  await makeBridge(host, bridge);
  await host.sh(`
    ip link add port mtu ${mtu} type veth peer name cable mtu ${mtu}
    ip link set port master ${bridge} up
    ip link set cable up
    ip link set ${bridge} mtu ${mtu}`);
}

async function hostTap(host: Host, { bandwidth, mtu }: Limited): Promise<Attached> {
  await makeNetwork(host, 'br0', mtu);
  const guest = '02:00:00:00:00:05';
  const config = networkConfig({ runtimeConfig: { bandwidth }, mac: guest });
  const { exitCode, stdout, json } = await callPlugin(host, {
    ...{ command: 'ADD', config, netns: await host.podNetns('pod') },
  });
  expect(exitCode, stdout).toBe(0);
  const [{ name: tap }] = json['interfaces'] as [{ name: string }];
  return { tap, guest };
}

/** A plugin of a list. */
interface Plugin {
  readonly type: string;
  readonly device?: string;
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

const dan = { type: 'dan', device: 'tcfilter' };

const kinds: Readonly<Record<string, (host: Host, limited: Limited) => Promise<Attached>>> = {
  'host-tap': hostTap,
  'tcfilter for runtime-rs': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [{ ...dan, runtimeConfig: { bandwidth } }]);
    return await tcfilterOf(host);
  },
  'tcfilter behind the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [{ type: 'bandwidth', runtimeConfig: { bandwidth } }, dan]);
    return await tcfilterOf(host);
  },
  'tcfilter before the plugin bandwidth': async (host, { bandwidth, mtu }) => {
    await chained(host, mtu, [dan, { type: 'bandwidth', runtimeConfig: { bandwidth } }]);
    return await tcfilterOf(host);
  },
};

// A gigabit of small frames is more than a program can send on a machine that does something else as well.
const rates = [
  { bits: 8e6, mtu: 1500 },
  { bits: 100e6, mtu: 1500 },
  { bits: 1000e6, mtu: 9000 },
] as const;

const cases = Object.entries(kinds).flatMap(([kind, attach]) =>
  // Of another plugin's limits, one rate shows whether they hold at its place in the list.
  (kind.endsWith('the plugin bandwidth') ? [rates[1]] : rates).map((rate) => ({ kind, attach, ...rate })),
);

test.each(cases)('$kind passes $bits bits a second in each direction, and no more', async ({ attach, bits, mtu }) => {
  await using host = await Host.create();
  const burst = bits * 0.016;
  const bandwidth = { ingressRate: bits, ingressBurst: burst, egressRate: bits, egressBurst: burst };
  const attached = await attach(host, { bandwidth, mtu });
  for (const direction of ['from', 'to'] as const) {
    let most = 0;
    // What else the machine does can keep frames back, and lets none pass.
    for (let attempts = 3; attempts > 0 && most <= 0.95; attempts -= 1) {
      const part = (await measure(host, direction, attached, { bits, mtu })) / bits;
      expect(part, direction).toBeLessThan(1.05);
      most = Math.max(most, part);
    }
    expect(most, direction).toBeGreaterThan(0.95);
  }
});
