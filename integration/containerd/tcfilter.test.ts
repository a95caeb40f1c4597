import { describe, expect, test } from 'vitest';
import { sendBetween, sendToGuest, sendToHost } from '../guest/transfer.ts';
import { isSoak } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { pluginsBefore, prepareHost, readers, tcfilterNetwork } from '../tcfilter/networks.ts';
import { offloadsOf } from '../tcfilter/offloads.ts';
import { Containerd } from './containerd.ts';
import { addresses, readDanFile } from './kata-network.ts';

const gateways = ['10.88.0.1', 'fd00:88::1'];

/** Everything of the host's links and routes that a pod may not change for good. */
function network(host: Host): Promise<string> {
  return host.sh(`
    for file in address mtu; do (cd /sys/class/net && grep . */$file); done
    # Without what changes by itself.
    (ip -oneline address; ip route; ip -6 route) | sed 's/ linkdown//; s/ tentative//'
    tc qdisc`);
}

// Each needs two guests. integration/tcfilter/frames.test.ts has one guest for each reader that is left out here.
const readersBehind = {
  bridge: readers,
  ptp: isSoak ? readers : ['runtime-rs'],
  macvlan: isSoak ? readers : [],
} as const satisfies Record<(typeof pluginsBefore)[number], readonly (typeof readers)[number][]>;

describe.for(pluginsBefore)("behind Debian's %s", (plugin) => {
  test.for<(typeof readers)[number]>(readersBehind[plugin])(
    'pods for the reader %s reach each other and the host, and leave nothing',
    async (runtime) => {
      await using host = await Host.create();
      await prepareHost(host, plugin);
      const before = { traces: await traces(host), network: await network(host) };
      const networks = { '10-pod-net.conflist': tcfilterNetwork({ plugin, runtime }) };
      using containerd = await Containerd.start(host, { networks, plugins: [executable] });
      const { cri } = containerd;
      const ids = await Promise.all(['one', 'two'].map((name) => cri.runPodSandbox({ name, handler: 'kata' })));
      const [first, second] = ids as [string, string];
      const [here, there] = [addresses(await readDanFile(host, first)), addresses(await readDanFile(host, second))];
      expect(new Set([...here, ...there]).size).toBe(4);
      const { ip, additionalIps } = await cri.podSandboxStatus(first);
      expect([ip, ...additionalIps]).toEqual(here);
      {
        using guest = await containerd.guest(first);
        using another = await containerd.guest(second);
        expect(await offloadsOf(guest)).toEqual({ csum: true, tso: true });
        for (const address of [...there, ...gateways]) await guest.text(`ping -c 1 -W 5 ${address}`);
        for (const address of [...here, ...there]) await host.sh(`ping -c 1 -W 5 ${address}`);
        // Full-size frames that nobody may take apart.
        await host.sh(`ping -c 1 -W 5 -M do -s 1472 ${here[0]!}; ping -c 1 -W 5 -M do -s 1452 ${here[1]!}`);
        // Neighbor discovery has gone both ways, under the guest's MAC.
        expect(await guest.text('ip -6 neighbor show fd00:88::1')).toMatch(
          /lladdr \S+ (router )?(REACHABLE|DELAY|PROBE)$/,
        );
        for (const family of [0, 1] as const) {
          for (const { sent, received } of [
            await sendToGuest(host, guest, here[family]!, 16),
            await sendToHost(host, guest, gateways[family]!, 16),
            await sendBetween(guest, another, there[family]!, 8),
          ]) {
            expect(received).toBe(sent);
          }
        }
      }
      await cri.stopPodSandbox(second);
      for (const address of here) await host.sh(`ping -c 1 -W 5 ${address}`);
      await cri.stopPodSandbox(first);
      for (const id of ids) {
        await cri.stopPodSandbox(id);
        await cri.removePodSandbox(id);
      }
      await expect.poll(() => traces(host), { timeout: 5000 }).toEqual(before.traces);
      expect(await network(host)).toBe(before.network);
    },
  );

  // Such a sandbox is there, and black-holed, since all that arrives is for a virtual machine.
  test('a sandbox without a virtual machine starts and stops, and leaves nothing', async () => {
    await using host = await Host.create();
    await prepareHost(host, plugin);
    const before = { traces: await traces(host), network: await network(host) };
    const networks = { '10-pod-net.conflist': tcfilterNetwork({ plugin }) };
    using containerd = await Containerd.start(host, { networks, plugins: [executable] });
    const { cri } = containerd;
    const id = await cri.runPodSandbox({ name: 'pod', handler: 'runc' });
    expect(await cri.podSandboxStatus(id)).toMatchObject({ ip: '10.88.0.2', ready: true });
    await cri.stopPodSandbox(id);
    await cri.stopPodSandbox(id);
    await cri.removePodSandbox(id);
    await expect.poll(() => traces(host), { timeout: 5000 }).toEqual(before.traces);
    expect(await network(host)).toBe(before.network);
  });
});
