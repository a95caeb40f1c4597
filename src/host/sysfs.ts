import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { exists, namesIn, readText } from './files.ts';

/** addr_assign_type of a MAC that was set explicitly (NET_ADDR_SET of linux/netdevice.h). */
const setByUser = '3';

/**
 * An attribute of a link below /sys/class/net that netlink does not report; undefined if it cannot be read. A sysfs
 * that was mounted in another network namespace shows the links of that namespace, so index and MAC must match first.
 */
export function linkAttribute(link: Link, attribute: 'addr_assign_type' | 'owner' | 'group'): string | undefined {
  const read = (name: string): string => readText(`/sys/class/net/${link.name}/${name}`).trim();
  try {
    return read('ifindex') === String(link.index) && read('address') === link.mac ? read(attribute) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a Linux bridge of that name certainly exists. False is inconclusive, since the sysfs may be that of another
 * namespace, and altnames are not in it.
 */
export function showsLinuxBridge(name: InterfaceName): boolean {
  return exists(`/sys/class/net/${name}/bridge`);
}

/**
 * Whether a bridge's MAC certainly stays the same. If it was not set explicitly, it follows the ports: it becomes that
 * of a tap when the tap is the first port, and all zero when the last port leaves.
 */
export function hasPinnedMac(bridge: Link): boolean {
  return linkAttribute(bridge, 'addr_assign_type') === setByUser;
}

/** The number of ports of a Linux bridge for which {@link showsLinuxBridge} is true. */
export function countPorts(bridge: InterfaceName): number {
  return namesIn(`/sys/class/net/${bridge}/brif`).length;
}
