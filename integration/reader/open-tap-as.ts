import type { Machine } from '../guest/machine.ts';
import { lookUpTap } from './tap.ts';

/** Whether a tap could be opened, and QEMU's error message if not. */
export type Opened = { readonly opened: true } | { readonly opened: false; readonly reason: string };

// udev lets everyone open the device: owner and group protect a tap. Without udev, only root can open it.
const openDevice = `
mount -t tmpfs tmpfs /mnt
mknod -m 666 /mnt/tun c 10 200
mount --bind /mnt/tun /dev/net/tun
exec "$@"`;

/** Opens a tap as Kata's hypervisor would, as a user and group without capabilities, and closes it again. */
export async function openTapAs(host: Machine, uid: number, gid: number, tap: string, queuePairs = 1): Promise<Opened> {
  // A missing tap would be created, if the user may.
  await lookUpTap(host, tap);
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  const queues = queuePairs > 1 ? `,queues=${queuePairs}` : '';
  const netdev = `tap,id=net0,ifname=${tap},script=no,downscript=no,vhost=off${queues}`;
  const qemu = ['qemu-system-x86_64', '-machine', 'none', '-nodefaults', '-display', 'none', '-monitor', 'stdio'];
  const command = ['setpriv', ...user, '--', ...qemu, '-netdev', netdev];
  const { exitCode, stderr } = await host.run('unshare', ['--mount', 'sh', '-ec', openDevice, 'sh', ...command], {
    input: 'quit\n',
  });
  return exitCode === 0 ? { opened: true } : { opened: false, reason: stderr.trim() };
}
