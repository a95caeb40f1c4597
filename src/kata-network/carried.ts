import { refuseIpv6BelowMinimum } from '../attach/client.ts';
import { profiles } from '../dan/profile.ts';
import { danError } from '../model/error.ts';
import type { InterfaceRequest } from './requests/interface-request.ts';

/** Who reads the files of these sandboxes: Kata's Rust runtime from 4.0 on. */
export const reader = profiles['runtime-rs'];

/**
 * Refuses what the reader of the file cannot carry; `hypervisor` is the one that Kata is configured for, if that is known.
 * Throws `not-carried-by-profile`, `mtu-too-small-for-ipv6`.
 */
export function refuseNotCarried({ mtu, socketPath, addresses }: InterfaceRequest, hypervisor?: string): void {
  refuseIpv6BelowMinimum(
    mtu,
    addresses.map(({ family }) => family),
  );
  if (socketPath === undefined) return;
  const only = reader.vhostUserHypervisor;
  if (only !== undefined && hypervisor !== undefined && hypervisor !== only) {
    throw danError(
      'not-carried-by-profile',
      `"vhostUserSocket" needs the hypervisor ${only}, and Kata is configured for ${hypervisor}, which attaches no such ` +
        'device: leave it out for a tap, or name the configuration of that hypervisor with --kata-config',
    );
  }
  if (mtu > reader.vhostUserMtu) {
    throw danError(
      'not-carried-by-profile',
      `"mtu" ${mtu} cannot be carried by a vhost-user device: its hypervisor announces ${reader.vhostUserMtu} to the ` +
        `guest; say "mtu": ${reader.vhostUserMtu} or less, or leave "vhostUserSocket" out for a tap`,
    );
  }
}
