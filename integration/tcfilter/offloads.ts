import type { GuestShell } from '../guest/shell.ts';

/** virtio-net's offloads as QEMU names them, with their bits in the standard (VIRTIO 1.2, 5.1.3). */
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
/** The properties of a network device that has none of them. */
export const off = Object.fromEntries(Object.keys(offloads).map((name) => [name, false]));

/** Whether the guest's interface computes checksums for the host, and leaves segments of TCP to it. */
export async function offloadsOf(
  guest: Pick<GuestShell, 'text'>,
): Promise<{ readonly csum: boolean; readonly tso: boolean }> {
  const features = await guest.text('cat /sys/class/net/eth0/device/features');
  return { csum: features.at(offloads.csum) === '1', tso: features.at(offloads.host_tso4) === '1' };
}
