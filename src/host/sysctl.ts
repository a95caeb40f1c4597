import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { dirname } from '../model/path.ts';
import { messageOf } from '../json/thrown.ts';
import { exists, readText, writeText } from './files.ts';

// /proc/sys/net shows the network namespace of the thread that reads it.

/**
 * A file of a link's IPv6 settings (ip-sysctl): `disable_ipv6` switches IPv6 off, `accept_dad` switches duplicate
 * address detection on.
 */
export function ipv6File(name: InterfaceName, file: 'accept_dad' | 'disable_ipv6'): string {
  return `/proc/sys/net/ipv6/conf/${name}/${file}`;
}

/** Whether the kernel has IPv6. If not, there is nothing to switch off. */
export function kernelHasIpv6(): boolean {
  return exists('/proc/sys/net/ipv6');
}

/** Writes a file of a link below /proc/sys/net/ipv6; does nothing if the link has no IPv6. Throws `command-failed`. */
export function writeSysctl(path: string, value: string): void {
  if (!exists(path) && exists(keptForIpv4(path))) return;
  try {
    writeText(path, value, 'w');
  } catch (error) {
    const why = messageOf(error);
    throw danError('command-failed', `${path} cannot be set to ${value}: ${why}; see that /proc/sys is writable`);
  }
}

/**
 * The link's IPv4 directory that corresponds to one of its IPv6 files. If a link's MTU is below the minimum of IPv6,
 * the kernel removes the link's IPv6 directory (addrconf_notify of net/ipv6/addrconf.c), and there is nothing to switch
 * off. The IPv4 directory then shows that the link exists.
 */
export function keptForIpv4(path: string): string {
  return dirname(path).replace('/net/ipv6/', '/net/ipv4/');
}

/** Whether IPv6 is on for a link; false for a missing link. */
export function isIpv6On(name: InterfaceName): boolean {
  const path = ipv6File(name, 'disable_ipv6');
  return exists(path) && readText(path).trim() === '0';
}
