/** A file as it is to be installed. deploy/host has the same files, below the paths that they have on a node. */
export interface ReadyFile {
  readonly path: string;
  readonly content: string;
}

/** Keeps NetworkManager from links whose names begin with `dan` (NetworkManager.conf(5), "Device List Format"). */
export const networkManagerFile: ReadyFile = {
  path: '/etc/NetworkManager/conf.d/dan.conf',
  content: `# The links that dan makes for pods are not NetworkManager's to configure.
# "+=" keeps what other files say.
[keyfile]
unmanaged-devices+=interface-name:dan*
`,
};

/** Keeps systemd-networkd from them (systemd.network(5)). */
export const networkFile: ReadyFile = {
  path: '/etc/systemd/network/05-dan.network',
  content: `# The links that dan makes for pods are not systemd-networkd's to configure.
# The first file that matches a link decides: this one must come before any
# that matches every link.
[Match]
Name=dan*

[Link]
Unmanaged=yes
`,
};

/** Has udev leave their MACs and names as they are (systemd.link(5)). */
export const linkFile: ReadyFile = {
  path: '/etc/systemd/network/05-dan.link',
  content: `# The links that dan makes for pods keep the MAC and the name that dan gave
# them. The first file that matches a link decides; without this one it is
# 99-default.link, by which a new tap gets another MAC.
[Match]
OriginalName=dan*

[Link]
MACAddressPolicy=none
`,
};

/** Has the modules loaded at every start of the node that neither dan nor Kata loads by itself. */
export const modulesFile: ReadyFile = {
  path: '/etc/modules-load.d/dan.conf',
  content: `# What dan and Kata open: tun for every tap, vhost_net for the network of QEMU,
# vhost_vsock for the agent in its guest. The processor's own part of kvm,
# kvm_intel or kvm_amd, is loaded by itself.
tun
kvm
vhost
vhost_net
vhost_vsock
`,
};
