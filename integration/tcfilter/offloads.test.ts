import { describe, expect, test } from 'vitest';
import { sendBetween, sendToGuest, sendToHost } from '../guest/transfer.ts';
import { Host } from '../harness/host.ts';
import { attachedGuest } from './guests.ts';
import { prepareHost, readers, tcfilterNetwork } from './networks.ts';

/** virtio-net's offloads by QEMU's names, with their bits in the standard (VIRTIO 1.2, 5.1.3). */
const offloads = {
  csum: 0,
  guest_csum: 1,
  guest_tso4: 7,
  guest_tso6: 8,
  guest_ecn: 9,
  guest_ufo: 10,
  host_tso4: 11,
  host_tso6: 12,
  host_ecn: 13,
  host_ufo: 14,
} as const;
const off = Object.fromEntries(Object.keys(offloads).map((name) => [name, false]));

describe.for(readers)('reader %s', (runtime) => {
  test.for(['on', 'off'])('TCP passes with the offloads of the guest %s', async (state) => {
    await using host = await Host.create();
    await prepareHost(host, 'bridge');
    const network = tcfilterNetwork({ plugin: 'bridge', runtime });
    const nic = state === 'on' ? {} : off;
    const boot = async (name: string) =>
      attachedGuest({ host, network, sandbox: name, netns: await host.podNetns(name) }, nic);
    await using guest = await boot('one');
    await using another = await boot('two');
    const features = await guest.text('cat /sys/class/net/eth0/device/features');
    const [csum, tso] = [features[offloads.csum], features[offloads.host_tso4]];
    expect([csum, tso]).toEqual(state === 'on' ? ['1', '1'] : ['0', '0']);

    for (const { sent, received } of [
      await sendToGuest(host, guest, '10.88.0.2', 16),
      await sendToHost(host, guest, '10.88.0.1', 16),
      await sendToGuest(host, guest, 'fd00:88::2', 16),
      await sendToHost(host, guest, 'fd00:88::1', 16),
      await sendBetween(guest, another, '10.88.0.3', 8),
      await sendBetween(another, guest, 'fd00:88::2', 8),
    ]) {
      expect(received).toBe(sent);
    }
  });
});
