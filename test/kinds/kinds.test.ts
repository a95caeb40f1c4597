import { describe, expect, it } from 'vitest';

import {
  bridgeOf,
  type Device,
  deviceFaults,
  filesOf,
  type DeviceRequest,
  linksOf,
  masterOf,
  nameOf,
  planDevice,
  portOf,
  recordedKindOf,
  socketOf,
  tapOf as itsTap,
  wantsOf,
} from '../../src/kinds/kinds.ts';
import { planMacvtap } from '../../src/kinds/macvtap.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { linkNamed, names } from './node.ts';
import { linksAsMade, planFor, requestFor, viewWith } from './redirections.ts';
import { br0, derived, planSocket, socketRequest } from './sockets.ts';
import { onOvs } from './switches.ts';
import { linkOf, planOf, tapOf } from './taps.ts';

const queues = { queuePairs: 1 as QueuePairs, queueSize: undefined };
const macvtapRequest = { device: 'macvtap', ...queues, master: 'eth0' as InterfaceName, mode: 'bridge' } as const;
const macvtap = planMacvtap(macvtapRequest, viewWith()).device;
const tap = tapOf();
const tapOnOvs = planOf({}, onOvs()).device;
const [socket, socketOfPort] = [planSocket().device, planSocket({ bridge: br0 }).device];
const [onHost, inPod] = [planFor('host').device, planFor('pod').device];
const { link, altname } = names;
const macvtapLink = linkNamed(link, {
  ...{ altnames: [altname], alias: names.alias, mac: macvtap.mac, kind: 'macvtap', data: { mode: 'bridge' } },
});

const redirectsOf = (device: Device) => recordedKindOf(device).redirects(device);
const hopsOf = (device: Device) => recordedKindOf(device).hops(device);

describe('a device of any kind', () => {
  it.each([requestFor('host'), requestFor('pod'), macvtapRequest, socketRequest()])(
    'is planned by its kind: %j',
    (request) => {
      expect(planDevice(request, viewWith()).device.kind).toBe(request.device);
    },
  );

  it('on a bridge is planned as a tap', () => {
    const request: DeviceRequest = {
      ...{
        ...queues,
        device: 'host-tap',
        mac: undefined,
        mtu: undefined,
        bridge: null,
        database: undefined,
        vlan: undefined,
        trunk: undefined,
      },
    };
    expect(planDevice(request, viewWith())).toEqual(planOf({ bridge: null }));
  });

  it.each<[string, Device, readonly string[]]>([
    ['a tap', tap, [`host ${link} ${altname}`]],
    ['a tap on an Open vSwitch', tapOnOvs, [`host ${link} ${altname}`]],
    ['a socket', socket, []],
    ['a socket with a port', socketOfPort, []],
    ['a macvtap', macvtap, [`pod ${link} ${altname}`]],
    ['a redirection in the pod', inPod, [`pod ${link} ${altname}`]],
    [
      'a redirection by the host',
      onHost,
      [`host ${link} ${altname}`, `host ${link}h ${altname}-h`, `pod ${link}p ${altname}-p`],
    ],
  ])("has links that are dan's own: %s", (_what, device, links) => {
    expect(linksOf(device).map((own) => `${own.in} ${own.name} ${own.altname}`)).toEqual(links);
    expect(linksOf(device).every(({ alias }) => alias === names.alias)).toBe(true);
  });

  it('takes its frames from a link of the pod, but for a tap on the host and a socket', () => {
    const own = [tap, tapOnOvs, socket, socketOfPort];
    expect(own.map(masterOf)).toEqual(own.map(() => undefined));
    expect([macvtap, onHost, inPod].map(masterOf)).toEqual(['eth0', 'eth0', 'eth0']);
    expect([requestFor('host'), macvtapRequest, socketRequest()].map((one) => wantsOf(one).master?.master)).toEqual([
      ...['eth0', 'eth0', undefined],
    ]);
  });

  it('has redirects only as a redirection, and only that of the link is not between its own', () => {
    expect(
      [tap, tapOnOvs, macvtap, socketOfPort].flatMap((device) => [...redirectsOf(device), ...hopsOf(device)]),
    ).toEqual([]);
    const own = { in: 'pod', link: 'eth0', index: 2, cookie: names.cookie, queueLength: 1000 };
    expect([onHost, inPod].map(redirectsOf)).toEqual([[own], [own]]);
    expect([onHost, inPod].map((device) => hopsOf(device).length)).toEqual([4, 2]);
    expect(hopsOf(onHost)[0]).toMatchObject({ in: 'pod', link: 'eth0', to: `${link}p`, cookie: names.cookie });
  });

  it.each<[string, Device, ReturnType<typeof linksAsMade>]>([
    ['a tap', tap, [linkOf(tap)]],
    ['a tap on an Open vSwitch', tapOnOvs, [linkOf(tapOnOvs, { master: 'ovs-system' })]],
    ['a socket', socket, []],
    ['a macvtap', macvtap, [macvtapLink]],
    ['a redirection in the pod', inPod, linksAsMade(inPod)],
    ['a redirection by the host', onHost, linksAsMade(onHost)],
  ])('has no faults as it was made, and is missed when it is gone: %s', (_what, device, links) => {
    const strangers = [linkNamed('lo'), linkNamed('eth0')];
    expect(deviceFaults(device, [...strangers, ...links], undefined)).toEqual([]);
    const faults = deviceFaults(device, strangers, undefined);
    expect(faults).toHaveLength(links.length);
    for (const fault of faults) expect(fault).toMatch(/ is gone$/);
  });

  const own = (where: string) => ({ in: where, name: link, altname, alias: names.alias });

  it.each<[string, Device, object]>([
    ['a tap', tap, { tap: { ...own('host'), mac: tap.mac, mtu: tap.mtu }, bridge: 'br0' }],
    ['a tap without a bridge', tapOf({ bridge: null }), { tap: { ...own('host'), mac: tap.mac, mtu: tap.mtu } }],
    [
      'a tap on an Open vSwitch',
      tapOnOvs,
      { tap: { ...own('host'), mac: tap.mac, mtu: tap.mtu }, bridge: 'br0', port: tapOnOvs.port },
    ],
    ['a macvtap', macvtap, { tap: { ...own('pod'), mac: macvtap.mac, mtu: macvtap.mtu } }],
    ['a redirection in the pod', inPod, { tap: { ...own('pod'), mac: inPod.mac, mtu: inPod.mtu } }],
    ['a redirection by the host', onHost, { tap: { ...own('host'), mac: onHost.mac, mtu: onHost.mtu } }],
    ['a socket', socket, { socket: derived }],
    ['a socket with a port', socketOfPort, { socket: derived, bridge: 'br0', port: socketOfPort.port }],
  ])('has its derived name, and of tap, socket, port and bridge what its kind has: %s', (_what, device, parts) => {
    const [tapIs, socketIs] = [itsTap(device), socketOf(device)];
    expect({ tap: tapIs, socket: socketIs, port: portOf(device), bridge: bridgeOf(device) }).toEqual(parts);
    expect(nameOf(device)).toBe(link);
    // A device without a tap has a socket, and the other way round.
    expect(tapIs === undefined).toBe(socketIs !== undefined);
  });

  it.each<[string, Device, readonly object[]]>([
    ['a tap', tap, []],
    ['a tap on an Open vSwitch', tapOnOvs, []],
    ['a macvtap', macvtap, [{ kind: 'device-node', path: macvtap.node }]],
    ['a redirection', onHost, []],
    ['a socket', socket, [{ kind: 'socket', path: derived }]],
    ['a socket with a port', socketOfPort, [{ kind: 'socket', path: derived }]],
    ['a socket that a switch listens on', { ...socket, server: 'switch' }, []],
  ])("has files that are dan's own: %s", (_what, device, files) => {
    expect(filesOf(device)).toEqual(files);
  });

  it('on an Open vSwitch has a port of its name', () => {
    expect([portOf(tapOnOvs)?.name, portOf(socketOfPort)?.name]).toEqual([link, link]);
  });

  it('on the host is found by its name where its altname is gone, and by its altname where it was renamed', () => {
    expect(deviceFaults(tap, [linkOf(tap, { altnames: [] })], undefined)).toEqual([
      `tap ${link}: altname is none, and was made ${altname}`,
    ]);
    expect(deviceFaults(tap, [linkOf(tap, { name: 'renamed', mtu: 1400 })], undefined)).toEqual([
      `tap ${link}: MTU is 1400, and was made 1500`,
    ]);
  });
});
