import type { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import type { DanDevice, Tap } from './document.ts';
import { inNamespace } from './namespace.ts';
import type { NicProperties, Place, Plug } from './plug.ts';

/**
 * The index of a device's tap. Like Kata, this looks the tap up before anything else: QEMU creates a missing tap, and a
 * guest on it would have no network and report no error.
 */
export async function lookUpTap(host: Machine, tap: string, netns: string | null = null): Promise<number> {
  const place = netns === null ? host : inNamespace(host, netns);
  const { stdout, stderr } = await place.run('ip', ['-json', 'link', 'show', 'dev', tap]);
  const [link] = (stdout.trim() === '' ? [] : JSON.parse(stdout)) as { ifindex: number; ifname: string }[];
  // `ip` accepts an alternative name, too; opening a tap does not.
  if (link?.ifname === tap) return link.ifindex;
  const reason = link ? `${tap} is only another name of ${link.ifname}` : stderr.trim();
  const where = netns === null ? "the host's network namespace" : `the network namespace ${netns}`;
  throw new Error(
    `tap ${tap} is not in ${where} (${reason}): Kata would refuse the sandbox; ` +
      'it has to exist there before the file is read',
  );
}

/** Looks a device's tap up. QEMU opens it later by name, in its own namespace. */
export async function lookUpTapOf(device: DanDevice<Tap>, place: Place): Promise<Plug> {
  const index = await lookUpTap(place.host, device.backend.name, place.netns);
  return { qemuArgs: [], plugIn: (guest, nic) => plugIn(guest, { ...place, device, index, nic }) };
}

interface LookedUp extends Place {
  readonly device: DanDevice<Tap>;
  readonly index: number;
  readonly nic: NicProperties;
}

async function plugIn(guest: Guest, { host, netns, port, device, index, nic }: LookedUp): Promise<void> {
  const { queuePairs, mac } = device;
  const { name: tap } = device.backend;
  const [netdev, bus] = [`net${port}`, `port${port}`];
  // QEMU opens with IFF_MULTI_QUEUE if there is more than one pair, like Kata.
  const queues = queuePairs > 1 ? { queues: queuePairs } : {};
  const open = { type: 'tap', id: netdev, ifname: tap, script: 'no', downscript: 'no', vhost: false, ...queues };
  await guest.qmp('netdev_add', open).catch((error: unknown) => {
    throw new Error(
      `cannot open tap ${tap} with ${queuePairs} queue pair(s): ${error instanceof Error ? error.message : ''}; ` +
        'it must be a tap with multi_queue when there is more than one pair and without it when there is one',
    );
  });
  // If the tap has vanished since it was looked up, QEMU has created another one, which ends with QEMU.
  if ((await lookUpTap(host, tap, netns)) !== index) {
    await guest.qmp('netdev_del', { id: netdev });
    throw new Error(`tap ${tap} was removed while its guest booted: QEMU opened a new one of the same name`);
  }
  // Like Kata: always with `mq`, and never with a queue size, whatever the file says.
  const virtio = { driver: 'virtio-net-pci', id: `nic${port}`, netdev, mac, bus, mq: true };
  await guest.qmp('device_add', { ...nic, ...virtio });
}
