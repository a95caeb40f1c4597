import { system } from '#system';
import { exists } from '../../../../host/files.ts';
import { pathIn, type Tree } from '../../../../host/tree.ts';
import { lookAtNetworkManager, type NetworkManager } from './network-manager.ts';
import { type NetworkUnit, readUnits } from './systemd-units.ts';

/** The programs of a node that configure links by themselves; undefined for one that is not at work. */
export interface LinkManagers {
  readonly networkManager: NetworkManager | undefined;
  /** The .network files of systemd-networkd. */
  readonly networkd: readonly NetworkUnit[] | undefined;
  /** The .link files of udev. */
  readonly udev: readonly NetworkUnit[] | undefined;
}

/** Looks for programs that configure links by themselves, and at their files. */
export function lookAtLinkManagers(tree: Tree): LinkManagers {
  const isLive = tree.root === '/';
  // On a node that runs, what it made at its start tells; else whether it would be started.
  const networkd = isLive ? ['/run/systemd/netif/state'] : enabledNetworkd;
  const udev = isLive ? ['/run/udev/control'] : ['/usr/lib/systemd/systemd-udevd', '/lib/systemd/systemd-udevd'];
  const hasAny = (paths: readonly string[]): boolean => paths.some((path) => isThere(tree, path));
  return {
    networkManager: lookAtNetworkManager(tree),
    networkd: hasAny(networkd) ? readUnits(tree, 'network') : undefined,
    udev: hasAny(udev) ? readUnits(tree, 'link') : undefined,
  };
}

const enabledNetworkd = [
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service',
  '/etc/systemd/system/dbus-org.freedesktop.network1.service',
];

// The link of an enabled unit is there even where what it leads to is in another file system.
function isThere(tree: Tree, path: string): boolean {
  const there = pathIn(tree, path);
  return exists(there) || system.lstat(`${tree.root}${path}`) !== undefined;
}
