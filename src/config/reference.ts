import type { ownKeys } from './schema.ts';

/** What a person needs to know of a key. In Markdown, with links as `docs/configuration.md` has them. */
export interface KeyReference {
  /** The kinds of device it is for. */
  readonly for: string;
  /** What holds without it. */
  readonly default: string;
  readonly rule: string;
  readonly example: unknown;
}

const all = 'all';
const ofPort = 'host-tap, vhost-user';
const ofTap = 'all but vhost-user';

/** The keys of a network configuration, in the order in which they are shown. Loaded by the command line alone. */
export const keyReference: Readonly<Record<keyof typeof ownKeys | 'dns' | 'ipam', KeyReference>> = {
  device: {
    for: all,
    default: '`host-tap`',
    rule: 'the [kind of device](devices.md): `host-tap`, `vhost-user`, `tcfilter`, `macvtap`',
    example: 'tcfilter',
  },
  runtime: {
    for: all,
    default: '`runtime-rs`',
    rule: "who reads the file: `runtime-rs` (Kata's Rust runtime from 4.0 on), `runtime-rs-3` (the Rust runtime before 4.0), `generic` (the format as it was first published)",
    example: 'runtime-rs-3',
  },
  danConf: {
    for: all,
    default: '`dan_conf` of `kataConfig`, else `/run/kata-containers/dans`',
    rule: 'absolute path of the directory in which Kata looks for the file',
    example: '/run/kata-containers/dans',
  },
  kataConfig: {
    for: all,
    default: 'none',
    rule: 'absolute path of a Kata `configuration.toml`; `dan_conf`, `network_queues` and the hypervisor are taken from it and from the drop-ins in `config.d` beside it',
    example: '/etc/kata-containers/runtime-rs/configuration.toml',
  },
  mtu: {
    for: ofPort,
    default: "the bridge's, else 1500",
    rule: "68 to 9600 bytes; at least 1280 with IPv6. [Below the bridge's](#mtu) is refused, and above 1500 for `vhost-user` unless `runtime` is `generic`",
    example: 9000,
  },
  mac: {
    for: ofPort,
    default: 'derived: the same on every retry',
    rule: "the guest's MAC: six two-digit octets, unicast, not all zero",
    example: '02:5c:1e:07:9a:41',
  },
  queues: {
    for: all,
    default: '1',
    rule: 'queue _pairs_, 1 to 256. The tap is multi-queue exactly when above 1',
    example: 4,
  },
  queueSize: { for: all, default: 'left out', rule: 'power of two, 1 to 32768', example: 512 },
  bridge: {
    for: ofPort,
    default: 'host-tap: required; vhost-user: none',
    rule: 'name of a Linux bridge or of one of [Open vSwitch](#open-vswitch). `null`: something else connects the tap or the socket',
    example: 'br0',
  },
  vlan: {
    for: ofPort,
    default: 'none',
    rule: 'with `bridge`: the VLAN whose untagged port it is, 1 to 4094',
    example: 20,
  },
  trunk: {
    for: ofPort,
    default: 'none',
    rule: 'with `bridge`: VLANs the guest sees tagged: `[{"id": 42}, {"minID": 1000, "maxID": 1010}]`',
    example: [{ id: 42 }, { minID: 1000, maxID: 1010 }],
  },
  ovs: {
    for: ofPort,
    default: '`{"db": "unix:/run/openvswitch/db.sock"}`',
    rule: 'with `bridge`: database of the [Open vSwitch](#open-vswitch) that has it: `unix:` and an absolute path, `tcp:` and a loopback address with port, or `ssl:`',
    example: { db: 'unix:/run/openvswitch/db.sock' },
  },
  socketPath: {
    for: 'vhost-user',
    default: 'none',
    rule: 'an explicit [socket](#vhost-user-sockets): absolute, no `..`, at most 107 bytes, file name of letters, digits, `-`, `_`, `.`, first a letter',
    example: '/run/vpp/pod.sock',
  },
  socketDir: {
    for: 'vhost-user',
    default: '`/run/dan/vhost-user`',
    rule: 'directory of the sockets without a path of their own: absolute, no `..`, at most 87 bytes; made with mode 0750 if missing',
    example: '/run/dan/vhost-user',
  },
  master: {
    for: 'tcfilter, macvtap',
    default: 'the interface in `prevResult`',
    rule: 'the interface in the pod whose frames the guest gets',
    example: 'eth0',
  },
  mode: {
    for: 'macvtap',
    default: '`bridge`',
    rule: '`bridge`, `private`, `vepa`, `passthru`',
    example: 'bridge',
  },
  owner: {
    for: ofTap,
    default: '0 if `group` is not set either',
    rule: 'numeric id of the user that may open the tap',
    example: 107,
  },
  group: {
    for: ofTap,
    default: 'none',
    rule: 'numeric id of the group that may open the tap. With `owner`, both must match',
    example: 107,
  },
  addresses: {
    for: ofPort,
    default: 'none',
    rule: 'list of `ip/prefix`; not together with `ipam`',
    example: ['10.88.0.5/24', 'fd00:88::5/64'],
  },
  routes: {
    for: all,
    default: 'none',
    rule: 'list of [routes](#routes), in addition to those of the IPAM plugin',
    example: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
  },
  neighbors: {
    for: all,
    default: 'none',
    rule: 'list of `{"address", "mac", "state"?, "flags"?}`: permanent ARP and NDP entries of the guest',
    example: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }],
  },
  defaultRoute: {
    for: all,
    default: '`true`',
    rule: "`false` leaves this network's default routes out",
    example: false,
  },
  commandTimeout: {
    for: all,
    default: '10',
    rule: 'seconds that one `ip`, `tc`, `bridge` or `ovs-vsctl` process may take, or the kernel for a list of changes, 1 to 600',
    example: 30,
  },
  logFile: {
    for: all,
    default: 'stderr',
    rule: 'absolute path; JSON lines are appended',
    example: '/var/log/dan.log',
  },
  logLevel: { for: all, default: '`info`', rule: '`debug`, `info`, `warn`, `error`', example: 'debug' },
  ipam: {
    for: ofPort,
    default: 'none',
    rule: 'as in CNI',
    example: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/16' }]] },
  },
  dns: { for: all, default: 'none', rule: 'as in CNI', example: { nameservers: ['10.88.0.1'] } },
};

/** What the keys inside of others are, and those that come with CNI; by place. */
export const innerReference: Readonly<Record<string, string>> = {
  'ovs.db': 'address of the database, as `ovs-vsctl --db` takes it',
  'addresses[]': 'an address of the guest with its prefix length',
  'routes[]': 'a route of the guest',
  'routes[].dst': 'destination, without host bits',
  'routes[].gw': 'gateway; without one, that of the IPAM plugin, unless `scope` is 253',
  'routes[].mtu': 'MTU of the route in bytes',
  'routes[].scope': '0: anywhere, 253: on the link itself, which needs no gateway',
  'routes[].source': 'the address of its own that the guest prefers for this destination',
  'routes[].priority': 'the metric, which no DAN file can carry: 0, or 1024 in IPv6',
  'neighbors[]': 'a neighbor of the guest',
  'neighbors[].address': 'its IP address, alone or with the prefix length of one host',
  'neighbors[].mac': 'its MAC',
  'neighbors[].state': "rtnetlink's neighbor state; Kata's readers take 128 (permanent) alone, which is the default",
  'neighbors[].flags': "rtnetlink's neighbor flags; none by default",
  'ipam.type': 'file name of the IPAM plugin, which is looked for in CNI_PATH; empty for none',
  type: 'what makes it a plugin object of dan',
  name: "the network's name; in a list, the list has it",
  cniVersion: 'version of the CNI spec; in a list, the list has it',
  cniVersions: 'versions of the CNI spec of which the runtime chooses; in a list, the list has them',
  capabilities: 'what the runtime may pass in `runtimeConfig`: `ips`, `mac`, `dns`, `vhostUserSocket`',
  disableCheck: 'no CHECK; in a list, the list has it',
  disableGC: 'no GC; in a list, the list has it',
  prevResult: 'the result of the plugin before; the runtime puts it in',
  args: 'arguments as in CNI; `args.cni` may have `ips`, `mac` and `vhostUserSocket`',
  runtimeConfig: 'what the runtime passes for `capabilities`',
};
