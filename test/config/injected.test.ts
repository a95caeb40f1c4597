import { describe, expect, it } from 'vitest';
import type { NetworkConfig } from '../../src/config/interpret.ts';
import { injected, unheededCapabilities, unheededText } from '../../src/config/injected.ts';
import { withoutForbidden } from '../../src/config/pod-settings.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { read, refusal } from './reading.ts';

const four = { address: '10.88.0.5/24' };
const mac = '02:00:00:00:00:07';

/** A request for a row of the table: keys of the configuration, and arguments. */
type Put = readonly [changes: JsonObject, args?: Readonly<Record<string, string>>];

/** The effect of a row: what the configuration then has, what ADD warns about and has anyway, or what it refuses. */
type Becomes =
  | { readonly has: object }
  | { readonly refused: string }
  | { readonly warned: string; readonly has?: object };

const nothing = { has: { unheeded: [] } };
const noMac = { device: { mac: undefined } };
const noAddress = { addresses: [] };
const ipam = { ipam: { type: 'host-local' } };
const socket = { device: 'vhost-user', bridge: null };
const ofMaster = { device: 'tcfilter', master: 'eth0', bridge: undefined };
const other = '02:00:00:00:00:08';
const limits = { egressRate: 8e6, egressBurst: 8e5 };
const may = (...podMaySet: readonly string[]) => ({ podMaySet });

/** Cases for each row that a plugin can see. */
const cases: Readonly<Record<string, readonly (readonly [...Put, Becomes] | readonly [JsonObject, Becomes])[]>> = {
  'configuration deviceID': [[{ deviceID: 'tap-7' }, nothing]],
  'configuration pciBusID': [[{ pciBusID: 'tap-7' }, nothing]],
  'configuration mtu': [[{ mtu: 1450 }, { has: { device: { mtu: 1450 } } }]],
  'configuration ipMasq': [
    [{ ipMasq: false }, nothing],
    [{ ipMasq: true }, { refused: '"ipMasq" true must be false or left out: dan makes no rules of NAT.' }],
  ],
  'configuration isGateway': [
    [{ isGateway: false }, nothing],
    [{ isGateway: true }, { refused: '"isGateway" true must be false or left out: dan gives a bridge no address.' }],
  ],
  'configuration isDefaultGateway': [
    [{ isDefaultGateway: false }, nothing],
    [{ isDefaultGateway: true }, { refused: 'and the guests a default route in "routes"' }],
  ],
  'configuration hairpinMode': [
    [{ hairpinMode: true }, { has: { device: { hairpin: true } } }],
    [{ hairpinMode: true, bridge: null }, { refused: '"hairpinMode" is a setting of a port, and there is none' }],
    [
      { hairpinMode: true, ovs: { db: 'unix:/run/db.sock' } },
      { refused: '"hairpinMode" is a setting of a port of a Linux bridge, and "bridge" br0 is one of Open vSwitch' },
    ],
    [{ hairpinMode: true, device: 'vhost-user' }, { refused: '"hairpinMode" has no effect with' }],
    [{ hairpinMode: false, device: 'vhost-user' }, { has: { device: { device: 'vhost-user' } } }],
    [{ hairpinMode: false, device: 'tcfilter', master: 'eth0', bridge: undefined }, nothing],
  ],
  'configuration ipam.ranges': [
    [{ ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }]] } }, { has: { ipamType: 'host-local' } }],
  ],
  'configuration ipam.routes': [
    [{ ipam: { type: 'host-local', routes: [{ dst: '10.1.0.0/16' }] } }, { has: { ipamType: 'host-local' } }],
  ],
  'runtimeConfig mac': [
    [{ runtimeConfig: { mac } }, { has: { device: { mac } } }],
    [
      { ...ofMaster, runtimeConfig: { mac } },
      { warned: '"mac" of runtimeConfig is not done by dan: the guest has that of the interface in the pod' },
    ],
    [{ ...ofMaster, runtimeConfig: { mac: '' } }, nothing],
  ],
  'runtimeConfig ips': [
    [{ runtimeConfig: { ips: [four.address] } }, { has: { addresses: [{ text: '10.88.0.5' }] } }],
    [{ ...ofMaster, runtimeConfig: { IPs: [four.address] } }, { warned: '"ips" of runtimeConfig is not done by dan' }],
  ],
  'runtimeConfig dns': [
    [{ runtimeConfig: { dns: { servers: ['10.0.0.2'] } } }, { has: { dns: { nameservers: ['10.0.0.2'] } } }],
  ],
  'runtimeConfig vhostUserSocket': [
    [
      { device: 'vhost-user', runtimeConfig: { vhostUserSocket: '/run/vpp/a.sock' } },
      { has: { device: { socketPath: '/run/vpp/a.sock' } } },
    ],
    [{ runtimeConfig: { vhostUserSocket: '/run/vpp/a.sock' } }, { warned: 'only a vhost-user device has a socket' }],
  ],
  'runtimeConfig ipRanges': [[{ ...ipam, runtimeConfig: { ipRanges: [[{ subnet: '10.1.0.0/24' }]] } }, nothing]],
  'runtimeConfig portMappings': [
    [{ runtimeConfig: { portMappings: [{ hostPort: 80 }] } }, { warned: 'put the plugin "portmap" behind dan' }],
    [{ runtimeConfig: { portMappings: [] } }, nothing],
    [
      { runtimeConfig: { PortMappings: [{ HostPort: 80 }] } },
      { warned: '"portMappings" of runtimeConfig is not done' },
    ],
  ],
  'runtimeConfig bandwidth': [
    [
      { runtimeConfig: { bandwidth: limits } },
      { has: { device: { bandwidth: { egress: { rate: 8e6, burst: 8e5 } } }, unheeded: [] } },
    ],
    [{ runtimeConfig: { bandwidth: {} } }, nothing],
  ],
  'runtimeConfig infinibandGUID': [
    [{ runtimeConfig: { infinibandGUID: '02:00:00:00:00:00:00:07' } }, { warned: 'one of Ethernet' }],
  ],
  'runtimeConfig aliases': [[{ runtimeConfig: { aliases: { net: ['web'] } } }, { warned: 'answers names' }]],
  'runtimeConfig deviceID': [[{ runtimeConfig: { deviceID: 'tap-7' } }, nothing]],
  'runtimeConfig CNIDeviceInfoFile': [[{ runtimeConfig: { CNIDeviceInfoFile: '/run/info' } }, nothing]],
  'runtimeConfig cgroupPath': [[{ runtimeConfig: { cgroupPath: '/pod' } }, nothing]],
  'runtimeConfig io.kubernetes.cri.pod-annotations': [
    [{ runtimeConfig: { 'io.kubernetes.cri.pod-annotations': { a: 'b' } } }, nothing],
  ],
  'args.cni mac': [
    [{ ...may('mac'), args: { cni: { mac } } }, { has: { device: { mac }, unheeded: [] } }],
    [
      { ...may('ips'), args: { cni: { mac } } },
      { warned: 'does not let its pods set it: put "mac" into its "podMaySet"', has: noMac },
    ],
    [{ args: { cni: { mac: 7 } } }, { warned: '"mac" of args.cni is not done by dan: the network does not let' }],
    // Multus passes it twice if the capability is declared.
    [{ args: { cni: { mac: other } }, runtimeConfig: { mac } }, { has: { device: { mac }, unheeded: [] } }],
  ],
  'args.cni ips': [
    [{ ...may('ips'), args: { cni: { ips: [four.address] } } }, { has: { addresses: [{ text: '10.88.0.5' }] } }],
    [{ args: { cni: { ips: [four.address] } } }, { warned: 'put "ips" into its "podMaySet"', has: noAddress }],
    [{ ...ipam, args: { cni: { ips: [four.address] } } }, { warned: 'put "ips" into its "podMaySet"' }],
    [{ ...ipam, ...may('mac', 'ips'), args: { cni: { ips: [four.address] } } }, nothing],
  ],
  'args.cni vhostUserSocket': [
    [
      { ...socket, ...may('vhostUserSocket'), args: { cni: { vhostUserSocket: 'a.sock' } } },
      { has: { device: { socketPath: '/run/dan/vhost-user/a.sock', isSocketOfPod: true } } },
    ],
    [
      { ...socket, args: { cni: { vhostUserSocket: 'a.sock' } } },
      {
        warned: 'put "vhostUserSocket" into its "podMaySet", without a "socketPath"',
        has: { device: { socketPath: undefined } },
      },
    ],
    [
      { ...socket, ...may('vhostUserSocket'), socketPath: '/run/vpp/b.sock', args: { cni: { vhostUserSocket: 'a' } } },
      { warned: 'without a "socketPath"' },
    ],
    [{ args: { cni: { vhostUserSocket: 'a.sock' } } }, { warned: 'only a vhost-user device has a socket' }],
  ],
  'CNI_ARGS MAC': [
    [may('mac'), { MAC: mac }, { has: { device: { mac } } }],
    [
      {},
      { MAC: mac },
      { warned: '"MAC" of CNI_ARGS is not done by dan: the network does not let its pods set it', has: noMac },
    ],
    [{ mac: other }, { MAC: mac }, { warned: 'put "mac" into', has: { device: { mac: other } } }],
    [{ runtimeConfig: { mac: other } }, { MAC: mac }, nothing],
  ],
  'CNI_ARGS IP': [
    [may('ips'), { IP: '10.88.0.5' }, { warned: '"IP" of CNI_ARGS is not done by dan: use an "ipam" plugin' }],
    [{}, { IP: '10.88.0.5' }, { warned: '"IP" of CNI_ARGS is not done by dan: the network does not let' }],
    [ipam, { IP: '10.88.0.5' }, { warned: 'put "ips" into its "podMaySet"' }],
    [{ ...ipam, ...may('ips') }, { IP: '10.88.0.5' }, nothing],
    [{ ...ipam, runtimeConfig: { ips: [four.address] } }, { IP: '10.88.0.5' }, nothing],
  ],
  'CNI_ARGS GATEWAY': [
    [may('ips'), { GATEWAY: '10.88.0.1' }, { warned: 'use an "ipam" plugin' }],
    [ipam, { GATEWAY: '10.88.0.1' }, { warned: 'put "ips" into its "podMaySet"' }],
    [{ ...ipam, ...may('ips') }, { GATEWAY: '10.88.0.1' }, nothing],
  ],
  'CNI_ARGS IgnoreUnknown': [[{}, { IgnoreUnknown: 'false', OTHER: '1' }, nothing]],
  'CNI_ARGS K8S_POD_NAMESPACE': [[{}, { K8S_POD_NAMESPACE: 'shop' }, nothing]],
  'CNI_ARGS K8S_POD_NAME': [[{}, { K8S_POD_NAME: 'web-0' }, nothing]],
  'CNI_ARGS K8S_POD_UID': [[{}, { K8S_POD_UID: '7' }, nothing]],
  'CNI_ARGS K8S_POD_INFRA_CONTAINER_ID': [[{}, { K8S_POD_INFRA_CONTAINER_ID: 'c1' }, nothing]],
};

const warnings = ({ unheeded }: NetworkConfig): readonly string[] => unheeded.map(unheededText);

describe('what others put in', () => {
  const visible = injected.filter(({ at }) => at !== 'annotation').map(({ at, name }) => `${at} ${name}`);

  it('has a case for each line of the table', () => {
    expect(Object.keys(cases).sort()).toEqual([...visible].sort());
  });

  const all = Object.entries(cases).flatMap(([line, some]) => some.map((one) => [line, one] as const));

  it.each(all)('becomes what the table says: %s, %j', (_line, one) => {
    const [changes, args, becomes] = one.length === 3 ? one : [one[0], {}, one[1]];
    if ('refused' in becomes) {
      expect(refusal(changes, args)).toContain(becomes.refused);
      return;
    }
    const config = read(changes, args);
    expect(config).toMatchObject(becomes.has ?? {});
    if ('warned' in becomes) expect(warnings(config)).toEqual([expect.stringContaining(becomes.warned)]);
  });

  it('is warned of where dan does not know it', () => {
    const config = read({ runtimeConfig: { speed: 9 }, args: { cni: { rate: 5, none: null }, labels: [] } });
    expect(warnings(config)).toEqual([
      '"speed" of runtimeConfig is not done by dan, which does not know it',
      '"rate" of args.cni is not done by dan, which does not know it',
    ]);
  });

  // Each plugin of a list gets the same.
  it('is for the plugin before, where that made the interface', () => {
    const config = read({ ...ofMaster, args: { cni: { rate: 5 } } }, { IP: '10.88.0.5' });
    expect(config.unheeded).toEqual([]);
  });
});

describe('what an IPAM plugin gets', () => {
  const CNI_ARGS = 'IgnoreUnknown=1;IP=10.88.0.5;K8S_POD_NAME=web;GATEWAY=10.88.0.1;IPV=6';
  const request = {
    variables: { CNI_ARGS, PATH: '/bin' },
    document: { args: { x: 1, cni: { ips: ['a'], y: 2 } }, z: 3 },
  };

  it('has no addresses that a pod asks for, unless the network lets it', () => {
    expect(withoutForbidden(request, ['mac'])).toEqual({
      variables: { CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web;IPV=6', PATH: '/bin' },
      document: { args: { x: 1, cni: { y: 2 } }, z: 3 },
    });
    expect(withoutForbidden(request, ['ips'])).toBe(request);
  });

  it.each([{ args: null }, { args: { cni: null } }, { args: [] }, {}])('is %j as it is', (document) => {
    expect(withoutForbidden({ variables: {}, document }, [])).toEqual({ variables: {}, document });
  });
});

describe('a capability that a configuration declares', () => {
  it.each([
    [{ mac: true, ips: true, dns: true, bandwidth: true, deviceID: true, CNIDeviceInfoFile: true }, []],
    [{ portMappings: true, bandwidth: false }, ['portMappings']],
    [{ macs: true }, ['macs']],
    [null, []],
    [undefined, []],
  ])('%j is not one of dan: %j', (capabilities, names) => {
    expect(unheededCapabilities({ capabilities }).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    [undefined, ['vhostUserSocket']],
    ['macvtap', ['mac', 'ips', 'vhostUserSocket', 'bandwidth']],
    ['vhost-user', []],
    ['tcfilter', ['mac', 'ips', 'vhostUserSocket']],
    ['none', []],
  ])('is one that has no effect with "device": %j: %j', (device, names) => {
    const capabilities = { mac: true, ips: true, dns: true, vhostUserSocket: true, bandwidth: true };
    expect(unheededCapabilities({ capabilities, device }).map(({ name }) => name)).toEqual(names);
  });
});
