import { profileNames } from '../dan/profile.ts';
import { defaultKind, kindNames } from '../kinds/kinds.ts';
import { macvtapModes } from '../kinds/macvtap-mode.ts';
import { defaultSocketDir } from '../kinds/socket.ts';
import { defaultOvsDatabase } from '../model/ovs.ts';
import { bandwidthKey } from './bandwidth.ts';
import { functionKeys } from './function-keys.ts';
import { ipam } from './ipam.ts';
import { podSettings } from './pod-settings.ts';
import { anyObject, anything, flag, type Keys, list, object, oneOf, orNull, type Values, whole } from './reader.ts';
import * as values from './values.ts';

// This table is the only place that defines the keys of a network configuration. From it come what ADD reads and
// refuses, what `dan validate` says, the JSON Schema, and the table of docs/configuration.md. The kinds of device say
// which keys they take (`DeviceKind.keys`). Texts are Markdown, with links relative to docs/configuration.md.

const routeKeys = {
  dst: { value: values.network, required: true, rule: 'destination, without host bits' },
  gw: { value: values.ip, rule: 'gateway; without one, that of the IPAM plugin, unless `scope` is 253' },
  mtu: { value: values.mtu, rule: 'MTU of the route in bytes' },
  scope: {
    value: oneOf([0, 253], () => 'must be 0 (anywhere) or 253 (on the link)'),
    rule: '0: anywhere, 253: on the link itself, which needs no gateway',
  },
  source: { value: values.ip, rule: 'the address of its own that the guest prefers for this destination' },
  priority: { value: values.metric, rule: 'the metric, which no DAN file can carry: 0, or 1024 in IPv6' },
} as const satisfies Keys;

const neighborKeys = {
  address: {
    value: values.neighborAddress,
    required: true,
    rule: 'its IP address, alone or with the prefix length of one host',
  },
  mac: { value: values.mac, required: true, rule: 'its MAC' },
  // The state and the flags of a neighbor have eight bits (struct ndmsg of linux/neighbour.h).
  state: {
    value: whole(0, 255, "rtnetlink's neighbor state"),
    rule: "rtnetlink's neighbor state; Kata's readers take 128 (permanent) alone, which is the default",
  },
  flags: { value: whole(0, 255, "rtnetlink's neighbor flags"), rule: "rtnetlink's neighbor flags; none by default" },
} as const satisfies Keys;

const ovsKeys = {
  db: { value: values.ovsDatabase, required: true, rule: 'address of the database, in the form of `ovs-vsctl --db`' },
} as const satisfies Keys;

const off = (why: string) => oneOf([false], () => `must be false or left out: ${why}`);

const codes = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** dan's own keys, and those of CNI that it reads, in display order. */
export const ownKeys = {
  device: {
    value: oneOf(kindNames),
    default: defaultKind,
    rule: `the [kind of device](devices.md): ${codes(kindNames)}`,
    example: 'tcfilter',
  },
  runtime: {
    value: oneOf(profileNames),
    default: 'runtime-rs',
    rule: "who reads the file: `runtime-rs` (Kata's Rust runtime from 4.0 on), `runtime-rs-3` (the Rust runtime before 4.0), `go` (Kata's Go runtime, which takes `vfio` alone), `generic` (the format as it was first published)",
    example: 'runtime-rs-3',
  },
  danConf: {
    value: values.absolutePath,
    otherwise: '`dan_conf` of `kataConfig`, otherwise `/run/kata-containers/dans`',
    rule: 'absolute path of the directory in which Kata looks for the file',
    example: '/run/kata-containers/dans',
  },
  kataConfig: {
    value: values.absolutePath,
    rule: 'absolute path of a Kata `configuration.toml`; `dan_conf`, `network_queues` and the hypervisor are taken from it and from the drop-ins in `config.d` beside it',
    example: '/etc/kata-containers/runtime-rs/configuration.toml',
  },
  mtu: {
    value: values.mtu,
    otherwise: "the bridge's, otherwise 1500",
    rule: "68 to 9600 bytes; at least 1280 with IPv6. [Below the bridge's](#mtu) it is the guest's alone. For `vhost-user`, that and more than 1500 are refused, the latter unless `runtime` is `generic`",
    example: 9000,
  },
  mac: {
    value: values.mac,
    otherwise: 'derived: the same on every retry',
    rule: "the guest's MAC: six two-digit octets, unicast, not all zero",
    example: '02:5c:1e:07:9a:41',
  },
  queues: {
    value: values.queuePairs,
    default: 1,
    rule: 'queue _pairs_, 1 to 256. The tap is multi-queue exactly when above 1',
    example: 4,
  },
  queueSize: { value: values.queueSize, otherwise: 'left out', rule: 'power of two, 1 to 32768', example: 512 },
  bridge: {
    value: orNull(values.interfaceName),
    otherwise: 'host-tap: required; vhost-user: none',
    rule: 'name of a Linux bridge or of one of [Open vSwitch](#open-vswitch). `null`: something else connects the tap or the socket',
    example: 'br0',
  },
  vlan: { value: values.vlan, rule: 'VLAN of the port of a `bridge`, untagged, or of a `vfio` function', example: 20 },
  trunk: {
    value: values.trunk,
    rule: 'with `bridge`: VLANs the guest sees tagged: `[{"id": 42}, {"minID": 1000, "maxID": 1010}]`',
    example: [{ id: 42 }, { minID: 1000, maxID: 1010 }],
  },
  ovs: {
    value: object(ovsKeys),
    otherwise: `\`{"db": "${defaultOvsDatabase}"}\``,
    rule: 'with `bridge`: database of the [Open vSwitch](#open-vswitch) that has it: `unix:` and an absolute path, `tcp:` and a loopback address with port, or `ssl:`',
    example: { db: defaultOvsDatabase },
  },
  socketPath: {
    value: values.socketPath,
    rule: 'an explicit [socket](#vhost-user-sockets): absolute, no `..`, at most 107 bytes, file name of letters, digits, `-`, `_`, `.`, first a letter',
    example: '/run/vpp/pod.sock',
  },
  socketDir: {
    value: values.socketDirectory,
    otherwise: `\`${defaultSocketDir}\``,
    rule: 'directory of the sockets without a path of their own: absolute, no `..`, at most 87 bytes; made with mode 0750 if missing',
    example: defaultSocketDir,
  },
  master: {
    value: values.interfaceName,
    otherwise: 'the interface in `prevResult`; vfio: the function in `deviceID`',
    rule: 'the interface in the pod whose frames the guest gets; for `vfio`, the interface of a physical function, [of which a free one is taken](#virtual-functions)',
    example: 'eth0',
  },
  hairpinMode: {
    value: flag,
    default: false,
    rule: 'with a Linux `bridge`: frames may leave by the port that they came in by, so that a pod reaches itself through its own [Service](#hairpin)',
    example: true,
  },
  bandwidth: bandwidthKey,
  hotplug: { value: flag, default: false, rule: '[plugs into](guides/hot-plug.md) a running sandbox', example: true },
  ...functionKeys,
  mode: { value: oneOf(macvtapModes), otherwise: '`bridge`', rule: codes(macvtapModes), example: 'bridge' },
  owner: {
    value: values.userId,
    otherwise: '0 if `group` is not set either',
    rule: 'numeric id of the user that may open the tap',
    example: 107,
  },
  group: {
    value: values.userId,
    rule: 'numeric id of the group that may open the tap. With `owner`, both must match',
    example: 107,
  },
  addresses: {
    value: list(values.interfaceAddress, 'an address of the guest with its prefix length'),
    default: [],
    rule: 'list of `ip/prefix`; not together with `ipam`',
    example: ['10.88.0.5/24', 'fd00:88::5/64'],
  },
  routes: {
    value: list(object(routeKeys), 'a route of the guest'),
    default: [],
    rule: 'list of [routes](#routes), in addition to those of the IPAM plugin',
    example: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
  },
  neighbors: {
    value: list(object(neighborKeys), 'a neighbor of the guest'),
    default: [],
    rule: 'list of `{"address", "mac", "state"?, "flags"?}`: permanent ARP and NDP entries of the guest',
    example: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }],
  },
  podMaySet: {
    value: list(oneOf(podSettings), 'what a pod may set'),
    default: [],
    rule: `list of what a pod's owner may set by \`args.cni\` and CNI_ARGS: ${codes(podSettings)}; see [what a pod may set](#what-a-pod-may-set)`,
    example: ['mac', 'ips'],
  },
  defaultRoute: {
    value: flag,
    default: true,
    rule: "`false` leaves this network's default routes out",
    example: false,
  },
  commandTimeout: {
    value: whole(1, 600, 'a number of seconds'),
    default: 10,
    rule: 'seconds that one `ip`, `tc`, `bridge` or `ovs-vsctl` process may take, or the kernel for a list of changes, 1 to 600',
    example: 30,
  },
  logFile: {
    value: values.absolutePath,
    otherwise: 'stderr',
    rule: 'absolute path; JSON lines are appended',
    example: '/var/log/dan.log',
  },
  logLevel: {
    value: oneOf(['debug', 'info', 'warn', 'error']),
    default: 'info',
    rule: '`debug`, `info`, `warn`, `error`',
    example: 'debug',
  },
  ipam: {
    value: ipam,
    rule: 'as in CNI; refused if it has settings and no `type`',
    example: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/16' }]] },
  },
  dns: { value: anyObject, rule: 'as in CNI', example: { nameservers: ['10.88.0.1'] } },
} as const satisfies Keys;

/** All keys: `ownKeys`, and those that the CNI spec, libcni and runtimes add. */
export const networkKeys = {
  ...ownKeys,
  cniVersion: { value: anything, rule: 'version of the CNI spec; in a list, write it at the top' },
  cniVersions: {
    value: anything,
    rule: 'versions of the CNI spec from which the runtime chooses; in a list, write them at the top',
  },
  name: { value: anything, rule: "the network's name; in a list, the list has it" },
  type: { value: { ...anything, form: { const: 'dan' } }, rule: 'what makes it a plugin object of dan' },
  capabilities: {
    value: anything,
    rule: 'what the runtime may pass in `runtimeConfig`: `ips`, `mac`, `dns`, `bandwidth`, `vhostUserSocket`, `deviceID`',
  },
  disableCheck: { value: anything, rule: 'no CHECK; in a list, write it at the top' },
  disableGC: { value: anything, rule: 'no GC; in a list, write it at the top' },
  prevResult: { value: orNull(values.previousResult), rule: 'the result of the plugin before; the runtime puts it in' },
  args: {
    value: orNull(anyObject),
    rule: 'arguments as in CNI; of `args.cni`, what `podMaySet` names counts',
  },
  deviceID: {
    value: anything,
    rule: 'PCI address of the [virtual function](#virtual-functions) of a `vfio` device. Multus puts in what a device plugin gave the pod; other devices ignore it',
  },
  pciBusID: { value: anything, rule: 'the same value; Multus puts it in beside `deviceID`, and dan ignores it' },
  ipMasq: {
    value: off(
      'dan makes no rules of NAT. Have the node masquerade: flanneld does so with --ip-masq, and iptables or nftables with a rule of your own',
    ),
    rule: 'a key of `bridge`, which flannel puts in: `false`',
  },
  isGateway: {
    value: off('dan gives a bridge no address. Give it one yourself, with "ip address add"'),
    rule: 'a key of `bridge`: `false`',
  },
  isDefaultGateway: {
    value: off(
      'dan gives a bridge no address. Give it one yourself, with "ip address add", and the guests a default route in "routes"',
    ),
    rule: 'a key of `bridge`: `false`',
  },
  runtimeConfig: { value: orNull(anyObject), rule: 'what the runtime passes for `capabilities`' },
} as const satisfies Keys;

/** The values of a network configuration, each key read by itself. */
export type NetworkValues = Values<typeof networkKeys>;
