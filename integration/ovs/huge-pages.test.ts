import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { bootByHand, bridged } from './hand-made.ts';

test('a switch with huge pages serves a guest that connects to it, and gives the pages back', async () => {
  await using host = await Host.create();
  const pages = async (): Promise<number> => Number(await host.sh('cat /proc/sys/vm/nr_hugepages'));
  const before = await pages();
  {
    await using ovs = await bridged(host, { dpdk: 'hugepages' });
    await ovs.vsctl('add-port', 'br0', 'vhost11', '--', 'set', 'Interface', 'vhost11', 'type=dpdkvhostuser');
    const device = { type: 'vhost-user', path: '/run/openvswitch/vhost11', queue_num: 1 };
    await expect(bootByHand(host, { number: 11, device })).rejects.toThrow('Dragonball would refuse');
    await using guest = await bootByHand(host, { number: 11, device, netns: await host.podNetns('pod') });
    await guest.text('ping -c 2 -W 5 192.0.2.1');
  }
  // Another test may have borrowed some meanwhile, and also gives them back.
  await expect.poll(pages, { timeout: 90_000, interval: 500 }).toBeLessThanOrEqual(before);
});
