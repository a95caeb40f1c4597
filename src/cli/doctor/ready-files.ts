// The bundler embeds the files themselves as text.
import networkManager from '../../../deploy/host/etc/NetworkManager/conf.d/dan.conf';
import modules from '../../../deploy/host/etc/modules-load.d/dan.conf';
import link from '../../../deploy/host/etc/systemd/network/05-dan.link';
import network from '../../../deploy/host/etc/systemd/network/05-dan.network';

/** A file of deploy/host, with its path on a node. */
export interface ReadyFile {
  readonly path: string;
  readonly content: string;
}

/** Keeps NetworkManager away from links whose names begin with `dan` (NetworkManager.conf(5), "Device List Format"). */
export const networkManagerFile = { path: '/etc/NetworkManager/conf.d/dan.conf', content: networkManager };

/** Keeps systemd-networkd away from dan's links (systemd.network(5)). */
export const networkFile = { path: '/etc/systemd/network/05-dan.network', content: network };

/** Makes udev leave the MACs and names of dan's links as they are (systemd.link(5)). */
export const linkFile = { path: '/etc/systemd/network/05-dan.link', content: link };

/** Loads the modules that neither dan nor Kata loads on its own at every start of the node. */
export const modulesFile = { path: '/etc/modules-load.d/dan.conf', content: modules };
