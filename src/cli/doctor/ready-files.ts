// The bundler embeds the files themselves, as text.
import networkManager from '../../../deploy/host/etc/NetworkManager/conf.d/dan.conf';
import modules from '../../../deploy/host/etc/modules-load.d/dan.conf';
import link from '../../../deploy/host/etc/systemd/network/05-dan.link';
import network from '../../../deploy/host/etc/systemd/network/05-dan.network';

/** A file of deploy/host, with the path that it has on a node. */
export interface ReadyFile {
  readonly path: string;
  readonly content: string;
}

/** Keeps NetworkManager from links whose names begin with `dan` (NetworkManager.conf(5), "Device List Format"). */
export const networkManagerFile = { path: '/etc/NetworkManager/conf.d/dan.conf', content: networkManager };

/** Keeps systemd-networkd from them (systemd.network(5)). */
export const networkFile = { path: '/etc/systemd/network/05-dan.network', content: network };

/** Has udev leave their MACs and names as they are (systemd.link(5)). */
export const linkFile = { path: '/etc/systemd/network/05-dan.link', content: link };

/** Has the modules loaded at every start of the node that neither dan nor Kata loads by itself. */
export const modulesFile = { path: '/etc/modules-load.d/dan.conf', content: modules };
