import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { exists, namesIn, readText } from './files.ts';

/** addr_assign_type of a MAC that somebody set (NET_ADDR_SET of linux/netdevice.h). */
const setByUser = '3';

/**
 * What netlink does not tell of a link: an attribute below /sys/class/net, or undefined. A sysfs mounted in another
 * network namespace shows that one's links, so index and MAC must agree before a word of it is believed.
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
 * Whether a Linux bridge of that name is surely there: false says nothing, since a sysfs of another namespace may be
 * mounted, and altnames are not in it.
 */
export function showsLinuxBridge(name: InterfaceName): boolean {
  return exists(`/sys/class/net/${name}/bridge`);
}

/**
 * Whether a bridge's MAC surely stays what it is. One that nobody set follows the ports: it becomes that of a tap
 * when the tap is the first port, and all zero when the last port leaves.
 */
export function hasPinnedMac(bridge: Link): boolean {
  return linkAttribute(bridge, 'addr_assign_type') === setByUser;
}

/** How many ports a Linux bridge that {@link showsLinuxBridge} has. */
export function countPorts(bridge: InterfaceName): number {
  return namesIn(`/sys/class/net/${bridge}/brif`).length;
}
