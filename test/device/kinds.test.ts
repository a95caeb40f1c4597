import { describe, expect, it } from 'vitest';

import {
  type Device,
  deviceFaults,
  type DeviceRequest,
  hopsOf,
  linksOf,
  masterOf,
  planDevice,
  redirectsOf,
} from '../../src/device/kinds.ts';
import { planMacvtap } from '../../src/device/macvtap.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { linkNamed, names } from './node.ts';
import { linksAsMade, planFor, requestFor, viewWith } from './redirections.ts';
import { linkOf, planOf, tapOf } from './taps.ts';

const queues = { queuePairs: 1 as QueuePairs, queueSize: undefined };
const macvtapRequest = { device: 'macvtap', ...queues, master: 'eth0' as InterfaceName, mode: 'bridge' } as const;
const macvtap = planMacvtap(macvtapRequest, viewWith()).device;
const tap = tapOf();
const [onHost, inPod] = [planFor('host').device, planFor('pod').device];
const { link, altname } = names;
const macvtapLink = linkNamed(link, {
  ...{ altnames: [altname], alias: names.alias, mac: macvtap.mac, kind: 'macvtap', data: { mode: 'bridge' } },
});

describe('a device of any kind', () => {
  it.each([requestFor('host'), requestFor('pod'), macvtapRequest])('is planned by its kind: %j', (request) => {
    expect(planDevice(request, viewWith()).device.kind).toBe(request.device);
  });

  it('on a bridge is planned as a tap', () => {
    const request: DeviceRequest = {
      ...{
        ...queues,
        device: 'host-tap',
        mac: undefined,
        mtu: undefined,
        bridge: null,
        vlan: undefined,
        trunk: undefined,
      },
    };
    expect(planDevice(request, viewWith())).toEqual(planOf({ bridge: null }));
  });

  it.each<[string, Device, readonly string[]]>([
    ['a tap', tap, [`host ${link} ${altname}`]],
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

  it('takes its frames from a link of the pod, but for a tap on the host', () => {
    expect([tap, macvtap, onHost, inPod, requestFor('host'), macvtapRequest].map(masterOf)).toEqual([
      undefined,
      ...Array<string>(5).fill('eth0'),
    ]);
  });

  it('has redirects only as a redirection, and only that of the link is not between its own', () => {
    expect([tap, macvtap].flatMap((device) => [...redirectsOf(device), ...hopsOf(device)])).toEqual([]);
    const own = { in: 'pod', link: 'eth0', index: 2, cookie: names.cookie, queueLength: 1000 };
    expect([onHost, inPod].map(redirectsOf)).toEqual([[own], [own]]);
    expect([onHost, inPod].map((device) => hopsOf(device).length)).toEqual([4, 2]);
    expect(hopsOf(onHost)[0]).toEqual({ in: 'pod', link: 'eth0', to: `${link}p`, cookie: names.cookie });
  });

  it.each<[string, Device, ReturnType<typeof linksAsMade>]>([
    ['a tap', tap, [linkOf(tap)]],
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

  it('on the host is found by its name where its altname is gone, and by its altname where it was renamed', () => {
    expect(deviceFaults(tap, [linkOf(tap, { altnames: [] })], undefined)).toEqual([
      `tap ${link}: altname is none, and was made ${altname}`,
    ]);
    expect(deviceFaults(tap, [linkOf(tap, { name: 'renamed', mtu: 1400 })], undefined)).toEqual([
      `tap ${link}: MTU is 1400, and was made 1500`,
    ]);
  });
});
