import type { Guest } from '../guest/guest.ts';
import { eventually } from '../harness/eventually.ts';
import type { DanDevice, VhostUserSocket } from './document.ts';
import type { NicProperties, Place, Plug } from './plug.ts';

/** Seconds for the switch to connect: Open vSwitch tries once a second. Dragonball would wait for ever. */
const patience = 5;

/** The MTU that Dragonball announces to every guest for vhost-user; the guest's kernel then accepts no larger one. */
const dragonballMtu = 1500;

/** QEMU supports no smaller queues. */
const smallestQueue = 256;

/**
 * Does what Kata's runtime-rs does with a vhost-user device under Dragonball, with QEMU instead of Dragonball: the VMM
 * is the server of the socket, which must not exist before, and the switch connects to it. A file with a `netns` is not
 * for Dragonball: if the socket exists, the switch is the server.
 */
export async function lookUpSocket(device: DanDevice<VhostUserSocket>, place: Place): Promise<Plug> {
  const { path } = device.backend;
  const { host, netns, port } = place;
  const exists = (await host.run('test', ['-e', path])).exitCode === 0;
  if (exists && netns === null) {
    throw new Error(
      `socket ${path} for ${device.name} exists already: Dragonball would refuse the sandbox; it makes the socket ` +
        'itself, so whatever is left at that path has to be removed before the file is read',
    );
  }
  const chardev = `socket${port}`;
  const mtu = netns === null ? { host_mtu: dragonballMtu } : {};
  return {
    // Bound from the start, so that the switch has connected when the guest has booted.
    qemuArgs: exists ? [] : ['-chardev', `socket,id=${chardev},path=${path.replaceAll(',', ',,')},server=on,wait=off`],
    async plugIn(guest, nic): Promise<void> {
      await (exists ? connectToSwitch(guest, chardev, path) : awaitSwitch(guest, chardev, path));
      await plugIn(guest, device, port, { ...mtu, ...nic });
    },
  };
}

async function awaitSwitch(guest: Guest, chardev: string, path: string): Promise<void> {
  // QEMU sends no event when a client connects, and `netdev_add` would block QEMU until one does.
  const connected = async (): Promise<true | undefined> => {
    const all = (await guest.qmp('query-chardev')) as readonly { readonly label: string; readonly filename: string }[];
    return all.some(({ label, filename }) => label === chardev && !filename.startsWith('disconnected:')) || undefined;
  };
  await eventually(`the switch on socket ${path}`, connected, { seconds: patience }).catch((error: unknown) => {
    throw new Error(
      `${error instanceof Error ? error.message : ''}: Dragonball would wait for ever; the switch needs a port that ` +
        'connects to this path, for Open vSwitch one of type dpdkvhostuserclient',
    );
  });
}

async function connectToSwitch(guest: Guest, chardev: string, path: string): Promise<void> {
  const addr = { type: 'unix', data: { path } };
  const backend = { type: 'socket', data: { addr, server: false } };
  await guest.qmp('chardev-add', { id: chardev, backend }).catch((error: unknown) => {
    throw new Error(
      `cannot connect to socket ${path}: ${error instanceof Error ? error.message : ''}; ` +
        'a socket that is there must be one that the switch listens on',
    );
  });
}

async function plugIn(
  guest: Guest,
  { backend, queuePairs, mac }: DanDevice<VhostUserSocket>,
  port: number,
  properties: NicProperties,
): Promise<void> {
  const netdev = `net${port}`;
  await guest.qmp('netdev_add', { type: 'vhost-user', id: netdev, chardev: `socket${port}`, queues: queuePairs });
  const size = Math.max(backend.queueSize, smallestQueue);
  const virtio = { driver: 'virtio-net-pci', id: `nic${port}`, netdev, mac, bus: `port${port}`, mq: queuePairs > 1 };
  // No vectors: with them and without KVM, QEMU 7.2 crashes when the guest starts the device.
  const queues = { rx_queue_size: size, tx_queue_size: size, vectors: 0 };
  await guest.qmp('device_add', { ...properties, ...virtio, ...queues });
}
