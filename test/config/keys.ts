const mac = 'must be six two-digit hexadecimal octets separated by ":", like 02:5c:1e:07:9a:41';
const path = 'must be an absolute path without ".."';
const vlan = 'must be a VLAN id, 1 to 4094';
const id = 'must be a numeric id, 0 to 4294967294';
const pairs = 'must be a number of queue pairs, 1 to 256';
const size = 'must be a power of two, 1 to 32768';
const seconds = 'must be a number of seconds, 1 to 600';
const letters = 'must start with a letter and hold only letters, digits, "_", "-", "."';
const trunk = 'must be a list like [{"id": 42}, {"minID": 1000, "maxID": 1010}]';
const trunkIds = `${trunk}, with VLAN ids of 1 to 4094, minID first`;

/** What a configuration then has, beside what it says of the device. */
interface Result {
  readonly device?: object;
  readonly [key: string]: unknown;
}

/** Values that a key takes with a tap: the key, its value, and what the configuration then has under which name. */
export const acceptedValues: readonly (readonly [key: string, value: unknown, result: Result])[] = [
  ['device', 'host-tap', { device: { device: 'host-tap' } }],
  ['runtime', 'runtime-rs', { runtime: 'runtime-rs' }],
  ['runtime', 'runtime-rs-3', { runtime: 'runtime-rs-3' }],
  ['runtime', 'go', { runtime: 'go' }],
  ['runtime', 'generic', { runtime: 'generic' }],
  ['danConf', '/run/kata-containers/dans', { danConf: '/run/kata-containers/dans' }],
  ['danConf', '/a..b/..c/', { danConf: '/a..b/..c/' }],
  ['kataConfig', '/etc/kata-containers/configuration.toml', { kataConfig: '/etc/kata-containers/configuration.toml' }],
  ['mtu', 68, { device: { mtu: 68 } }],
  ['mtu', 9600, { device: { mtu: 9600 } }],
  ['mac', '02:5C:1E:07:9A:41', { device: { mac: '02:5c:1e:07:9a:41' }, macIsFixed: true }],
  ['queues', 1, { device: { queuePairs: 1 } }],
  ['queues', 256, { device: { queuePairs: 256 } }],
  ['queueSize', 1, { device: { queueSize: 1 } }],
  ['queueSize', 32768, { device: { queueSize: 32768 } }],
  ['bridge', 'br-lan.20', { device: { bridge: 'br-lan.20' } }],
  ['bridge', null, { device: { bridge: null } }],
  ['vlan', 1, { device: { vlan: 1 } }],
  ['vlan', 4094, { device: { vlan: 4094 } }],
  ['trunk', [{ id: 42 }], { device: { trunk: [{ first: 42, last: 42 }] } }],
  [
    'trunk',
    [{ minID: 1000, maxID: 1010 }, { id: 4094 }, { id: 1 }],
    {
      device: {
        trunk: [
          { first: 1, last: 1 },
          { first: 1000, last: 1010 },
          { first: 4094, last: 4094 },
        ],
      },
    },
  ],
  ['owner', 0, { device: { owner: 0 } }],
  ['owner', 4294967294, { device: { owner: 4294967294 } }],
  ['group', 1000, { device: { group: 1000 } }],
  ['defaultRoute', false, { defaultRoute: false }],
  ['commandTimeout', 1, { commandTimeout: 1 }],
  ['commandTimeout', 600, { commandTimeout: 600 }],
  ['logFile', '/var/log/dan.log', {}],
  ['logLevel', 'debug', {}],
  ['addresses', [], { addresses: [] }],
  ['addresses', ['10.88.0.5/24'], { addresses: [{ family: 4, text: '10.88.0.5', prefix: 24 }] }],
  ['addresses', ['FD00::5/64'], { addresses: [{ family: 6, text: 'fd00::5', prefix: 64 }] }],
  ['ipam', {}, { ipamType: undefined }],
  ['ipam', { type: '' }, { ipamType: undefined }],
  ['ipam', { type: 'host-local', ranges: [] }, { ipamType: 'host-local' }],
  ['dns', {}, { dns: undefined }],
  ['dns', { nameservers: ['10.0.0.1'] }, { dns: { nameservers: ['10.0.0.1'] } }],
];

/** Values that a key does not take, and what the message says behind key and value. */
export const refusedValues: readonly (readonly [key: string, value: unknown, why: string])[] = [
  ['device', 'tap', 'must be one of host-tap, tcfilter, macvtap'],
  ['device', null, 'must be one of host-tap, tcfilter, macvtap'],
  ['runtime', 'rust', 'must be one of runtime-rs, runtime-rs-3, go, generic'],
  ['danConf', 'run/dans', path],
  ['danConf', '/run/../etc', path],
  ['danConf', '/run/..', path],
  ['danConf', '/run\0', path],
  ['danConf', '', path],
  ['danConf', 7, 'must be a string'],
  ['kataConfig', './configuration.toml', path],
  ['logFile', 'dan.log', path],
  ['logLevel', 'trace', 'must be one of debug, info, warn, error'],
  ['mtu', 45, 'must be 68 to 9600 bytes'],
  ['mtu', 46, "is allowed by the vendor's tool, but impossible for a tap and for a guest: the least is 68"],
  ['mtu', 9601, 'must be 68 to 9600 bytes'],
  ['mtu', '1500', 'must be a whole number of bytes, 68 to 9600'],
  ['mac', '2:5c:1e:7:9a:41', mac],
  ['mac', '', mac],
  ['mac', null, mac],
  ['mac', '01:00:5e:00:00:01', 'is a multicast address: the lowest bit of the first octet must be 0'],
  ['mac', '00:00:00:00:00:00', 'must not be all zero'],
  ['queues', 0, pairs],
  ['queues', 257, pairs],
  ['queues', 1.5, pairs],
  ['queueSize', 0, size],
  ['queueSize', 255, size],
  ['queueSize', 65536, size],
  ['bridge', '', letters],
  ['bridge', '--help', letters],
  ['bridge', 'br0/..', letters],
  ['bridge', 'a'.repeat(16), 'must have at most 15 characters, as Linux has it for every interface'],
  ['bridge', 0, 'must be a string'],
  ['master', '', letters],
  ['master', '-j', letters],
  ['master', 'eth0/..', letters],
  ['master', null, 'must be a string'],
  ['mode', 'source', 'must be one of bridge, private, vepa, passthru'],
  ['mode', '', 'must be one of bridge, private, vepa, passthru'],
  ['vlan', 0, vlan],
  ['vlan', 4095, vlan],
  ['vlan', 1.5, vlan],
  ['vlan', '20', vlan],
  ['trunk', [], trunk],
  ['trunk', { id: 42 }, trunk],
  ['trunk', [42], trunkIds],
  ['trunk', [{ id: 0 }], trunkIds],
  ['trunk', [{ id: 4095 }], trunkIds],
  ['trunk', [{ minID: 10, maxID: 9 }], trunkIds],
  ['trunk', [{ maxID: 9 }], trunkIds],
  ['trunk', [{}], trunkIds],
  ['trunk', [{ id: 42, min: 1 }], trunkIds],
  ['trunk', [{ id: 42, minID: 40, maxID: 50 }], trunkIds],
  ['trunk', [{ id: 42 }, { id: 42 }], 'names VLAN 42 twice'],
  ['trunk', [{ id: 45 }, { minID: 40, maxID: 50 }], 'names VLAN 45 twice'],
  ['owner', -1, id],
  ['owner', 4294967295, id],
  ['owner', 'root', id],
  ['group', 1.5, id],
  ['group', null, id],
  ['defaultRoute', 'no', 'must be true or false'],
  ['commandTimeout', 0, seconds],
  ['commandTimeout', 601, seconds],
  ['commandTimeout', 0.5, seconds],
  ['addresses', '10.88.0.5/24', 'must be a list'],
  ['routes', {}, 'must be a list'],
  ['neighbors', {}, 'must be a list'],
  ['ipam', 'host-local', 'must be an object'],
  ['ipam', [], 'must be an object'],
  ['dns', [], 'must be an object'],
  ['args', 'text', 'must be an object'],
  ['runtimeConfig', [], 'must be an object'],
];

/** Values inside a key: the configuration, where the fault is and what it is. */
export const refusedInside: readonly (readonly [changes: object, where: string, fault: string])[] = [
  [
    { addresses: ['10.88.0.5/24', '10.88.0.6'] },
    '"addresses[1]"',
    '"10.88.0.6" has no prefix length: write 10.88.0.6/32 for one host',
  ],
  [{ addresses: ['127.0.0.1/8'] }, '"addresses[0]"', '"127.0.0.1/8" is a loopback address: no guest can have it'],
  [{ routes: [{}] }, '"routes[0].dst"', 'is missing: must be a string like 10.88.0.5/24'],
  [{ routes: [{ dst: '10.1.2.3/16' }] }, '"routes[0].dst"', 'has host bits set: the network is 10.1.0.0/16'],
  [{ routes: [{ dst: 'default' }] }, '"routes[0].dst"', '"default" is not an IP address'],
  [{ routes: [{ dst: '::/0', gw: 'fe80::1%eth0' }] }, '"routes[0].gw"', 'must not name a zone'],
  [{ routes: [{ dst: '::/0', gw: 'fd00::1/64' }] }, '"routes[0].gw"', 'is not an IP address'],
  [{ routes: [{ dst: '::/0', mtu: 1 }] }, '"routes[0].mtu"', '1 must be 68 to 9600 bytes'],
  [{ routes: [{ dst: '::/0', scope: 254 }] }, '"routes[0].scope"', '254 must be 0 (anywhere) or 253 (on the link)'],
  [{ routes: [{ dst: '::/0', scope: '253' }] }, '"routes[0].scope"', 'must be 0 (anywhere) or 253 (on the link)'],
  [{ routes: [{ dst: '::/0', source: 'fd00::5/0' }] }, '"routes[0].source"', 'is not an IP address'],
  [{ routes: [{ dst: '::/0', priority: '1' }] }, '"routes[0].priority"', 'must be a whole number'],
  [{ neighbors: [{ address: '10.0.0.9' }] }, '"neighbors[0].mac"', 'is missing: must be six two-digit'],
  [{ neighbors: [{ mac: '02:00:00:00:00:09' }] }, '"neighbors[0].address"', 'is missing: must be a string'],
  [
    { neighbors: [{ address: '10.0.0.9/33', mac: '02:00:00:00:00:09' }] },
    '"neighbors[0].address"',
    'must be an IP address, alone or with a prefix length of 0 to 32',
  ],
  [
    { neighbors: [{ address: 'fd00::9/064', mac: '02:00:00:00:00:09' }] },
    '"neighbors[0].address"',
    'must be an IP address, alone or with a prefix length of 0 to 128',
  ],
  [
    { neighbors: [{ address: '10.0.0.9', mac: '02:00:00:00:00:09', state: 256 }] },
    '"neighbors[0].state"',
    "256 must be rtnetlink's neighbor state, 0 to 255",
  ],
  [
    { neighbors: [{ address: '10.0.0.9', mac: '02:00:00:00:00:09', flags: -1 }] },
    '"neighbors[0].flags"',
    "-1 must be rtnetlink's neighbor flags, 0 to 255",
  ],
  [{ ipam: { type: '/bin/sh' } }, '"ipam.type"', '"/bin/sh" must be the file name of an IPAM plugin'],
  [{ ipam: { type: '..' } }, '"ipam.type"', 'must be the file name of an IPAM plugin'],
  [{ ipam: { type: 7 } }, '"ipam.type"', 'must be the file name of an IPAM plugin'],
];
