import { expect, test } from 'vitest';
import { sendBetween, sendToGuest, sendToHost } from '../guest/transfer.ts';
import { isSoak } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { attachedGuest } from './guests.ts';
import { prepareHost, readers, tcfilterNetwork } from './networks.ts';
import { off, offloadsOf } from './offloads.ts';

// integration/containerd/tcfilter.test.ts has guests with them.
test.for(isSoak ? readers : (['runtime-rs'] as const))(
  'TCP passes without the offloads of the guest, reader %s',
  async (runtime) => {
    await using host = await Host.create();
    await prepareHost(host, 'bridge');
    const network = tcfilterNetwork({ plugin: 'bridge', runtime });
    const boot = async (name: string) =>
      attachedGuest({ host, network, sandbox: name, netns: await host.podNetns(name) }, off);
    await using guest = await boot('one');
    await using another = await boot('two');
    expect(await offloadsOf(guest)).toEqual({ csum: false, tso: false });
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
  },
);
