import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { dirname } from '../model/path.ts';
import { messageOf } from '../protocol/error.ts';
import { exists, readText, writeText } from './files.ts';

// /proc/sys/net shows the network namespace of the thread that looks.

/**
 * A file of a link's IPv6 (ip-sysctl): `disable_ipv6` switches it off, and `accept_dad` says whether the link makes sure that
 * nobody else has a new address.
 */
export function ipv6File(name: InterfaceName, file: 'accept_dad' | 'disable_ipv6'): string {
  return `/proc/sys/net/ipv6/conf/${name}/${file}`;
}

/** Whether the kernel has IPv6: without it there is nothing to switch off. */
export function kernelHasIpv6(): boolean {
  return exists('/proc/sys/net/ipv6');
}

/** Writes a file of a link below /proc/sys/net/ipv6, where the link has IPv6. Throws `command-failed`. */
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
 * What the kernel keeps of a link for IPv4, by a file that it keeps for IPv6. Below the least MTU of IPv6 it takes all of
 * that from a link (addrconf_notify of net/ipv6/addrconf.c): there is nothing to switch off. What it keeps for IPv4 tells
 * that the link is there.
 */
export function keptForIpv4(path: string): string {
  return dirname(path).replace('/net/ipv6/', '/net/ipv4/');
}

/** Whether a link speaks IPv6; one that does not exist does not. */
export function isIpv6On(name: InterfaceName): boolean {
  const path = ipv6File(name, 'disable_ipv6');
  return exists(path) && readText(path).trim() === '0';
}
