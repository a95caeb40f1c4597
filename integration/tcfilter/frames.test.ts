import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { isSoak } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { attachedGuest } from './guests.ts';
import { pluginsBefore, prepareHost, readers, tcfilterNetwork } from './networks.ts';

// integration/containerd/tcfilter.test.ts has guests of the reader runtime-rs behind bridge and ptp.
const cases = pluginsBefore
  .flatMap((plugin) => readers.map((runtime) => ({ plugin, runtime })))
  .filter(({ plugin, runtime }) => isSoak || plugin === 'macvlan' || runtime === 'generic');

/** Claims an address, and prints whether it was found to be somebody else's as soon as that is decided. */
const claim = (address: string, dev: string): string => `
  ip address add ${address}/64 dev ${dev}
  while state=$(ip -6 -oneline address show dev ${dev} to ${address}); do
    case $state in *dadfailed*) echo duplicate; break;; *tentative*) sleep 0.1;; *) echo unique; break;; esac
  done`;

describe.for(cases)("behind Debian's $plugin, reader $runtime", ({ plugin, runtime }) => {
  const mtu = 9000;
  let host: Host;
  let guest: Guest;
  beforeAll(async () => {
    host = await Host.create();
    await prepareHost(host, plugin, mtu);
    const network = tcfilterNetwork({ plugin, runtime, before: { mtu } });
    guest = await attachedGuest({ host, network, netns: await host.podNetns('pod') });
  });
  afterAll(async () => {
    await guest[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  test('frames of 9000 bytes pass whole', async () => {
    expect(JSON.parse(await guest.text('ip -json link show dev eth0'))).toMatchObject([{ mtu }]);
    await host.sh(`
      ping -c 1 -W 5 -M do -s ${mtu - 28} 10.88.0.2
      ping -c 1 -W 5 -M do -s ${mtu - 48} fd00:88::2`);
    const tooLong = await host.run('ping', ['-c', '1', '-W', '1', '-M', 'do', '-s', `${mtu - 27}`, '10.88.0.2']);
    expect(tooLong).toMatchObject({ exitCode: 1 });
  });

  // Behind ptp nobody shares the pod's link.
  test.skipIf(plugin === 'ptp')('an address given twice is noticed', async () => {
    const bridge = plugin === 'bridge' ? 'cni0' : 'br0';
    expect(await guest.text(claim('fd00:88::1', 'eth0'))).toBe('duplicate');
    expect(await guest.text(claim('fd00:88::99', 'eth0'))).toBe('unique');
    expect(await host.sh(claim('fd00:88::2', bridge))).toBe('duplicate');
    expect(await host.sh(claim('fd00:88::98', bridge))).toBe('unique');
  });
});
