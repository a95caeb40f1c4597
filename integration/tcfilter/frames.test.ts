import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { attachedGuest } from './guests.ts';
import { pluginsBefore, prepareHost, readers, tcfilterNetwork } from './networks.ts';

const cases = pluginsBefore.flatMap((plugin) => readers.map((runtime) => ({ plugin, runtime })));

test.for(cases)("frames of 9000 bytes pass whole behind Debian's $plugin, reader $runtime", async (one) => {
  const { plugin, runtime } = one;
  const mtu = 9000;
  await using host = await Host.create();
  await prepareHost(host, plugin, mtu);
  const network = tcfilterNetwork({ plugin, runtime, before: { mtu } });
  await using guest = await attachedGuest({ host, network, netns: await host.podNetns('pod') });
  expect(JSON.parse(await guest.text('ip -json link show dev eth0'))).toMatchObject([{ mtu }]);
  await host.sh(`
    ping -c 1 -W 5 -M do -s ${mtu - 28} 10.88.0.2
    ping -c 1 -W 5 -M do -s ${mtu - 48} fd00:88::2`);
  const tooLong = await host.run('ping', ['-c', '1', '-W', '1', '-M', 'do', '-s', `${mtu - 27}`, '10.88.0.2']);
  expect(tooLong).toMatchObject({ exitCode: 1 });
});

/** Adds an address, and prints whether it is a duplicate as soon as that is known. */
const claim = (address: string, dev: string): string => `
  ip address add ${address}/64 dev ${dev}
  while state=$(ip -6 -oneline address show dev ${dev} to ${address}); do
    case $state in *dadfailed*) echo duplicate; break;; *tentative*) sleep 0.1;; *) echo unique; break;; esac
  done`;

// Behind ptp, nothing shares the pod's link.
const shared = cases.filter(({ plugin }) => plugin !== 'ptp');

test.for(shared)("an address given twice is noticed behind Debian's $plugin, reader $runtime", async (one) => {
  const { plugin, runtime } = one;
  await using host = await Host.create();
  await prepareHost(host, plugin);
  const network = tcfilterNetwork({ plugin, runtime });
  await using guest = await attachedGuest({ host, network, netns: await host.podNetns('pod') });
  const bridge = plugin === 'bridge' ? 'cni0' : 'br0';
  expect(await guest.text(claim('fd00:88::1', 'eth0'))).toBe('duplicate');
  expect(await guest.text(claim('fd00:88::99', 'eth0'))).toBe('unique');
  expect(await host.sh(claim('fd00:88::2', bridge))).toBe('duplicate');
  expect(await host.sh(claim('fd00:88::98', bridge))).toBe('unique');
});
