import { describe, expect, it } from 'vitest';

import { type Device, deviceFault } from '../../src/kinds/kinds.ts';
import { planMacvtap } from '../../src/kinds/macvtap.ts';
import { deriveNames } from '../../src/model/identity.ts';
import type { OvsDatabase } from '../../src/model/ovs.ts';
import { identity, names } from './node.ts';
import { planFor, requestFor, viewWith } from './redirections.ts';
import { br0, explicit, planSocket } from './sockets.ts';
import { onDpdk, onOvs } from './switches.ts';
import { planOf, tapOf } from './taps.ts';

const database = 'unix:/run/ovs/db.sock' as OvsDatabase;
const bandwidth = { ingressRate: 8e6, ingressBurst: 262_144, egressRate: 8e6, egressBurst: 262_144 };
const macvtap = planMacvtap({ ...requestFor('pod'), device: 'macvtap', mode: 'bridge' }, viewWith()).device;

/** The device in a record. */
function written(device: Device): Record<string, unknown> {
  return JSON.parse(JSON.stringify(device)) as Record<string, unknown>;
}

const devices: readonly (readonly [string, Device])[] = [
  ['a tap', tapOf({ vlan: 20, trunk: [{ minID: 100, maxID: 200 }], owner: 1000, group: 1000 })],
  ['a tap with a chosen name', { ...tapOf(), chosenName: br0 }],
  ['a tap of an Open vSwitch', planOf({ ovs: { db: database } }, onOvs({}, { database })).device],
  ['a tap with limits', tapOf({ bandwidth })],
  ['a tap with limits of an Open vSwitch', planOf({ bandwidth }, onOvs()).device],
  ['a tap that is adopted', { kind: 'adopted-tap', name: names.link, tapName: br0, queuePairs: tapOf().queuePairs }],
  ['a socket', planSocket().device],
  ['a socket with a chosen name', planSocket({ socketPath: explicit }).device],
  ['a socket of an Open vSwitch', planSocket({ bridge: br0 }, onDpdk({}, { database })).device],
  ['a redirection by the host', planFor('host').device],
  ['a redirection in the pod', planFor('pod').device],
  ['a macvtap', macvtap],
];

describe.each(devices)('the record of %s', (_what, device) => {
  it('is taken as it is written', () => {
    expect(deviceFault(written(device), names)).toBeUndefined();
  });

  it('is refused for any key with a value of another type, by its name', () => {
    for (const key of Object.keys(written(device))) {
      expect(deviceFault({ ...written(device), [key]: [null] }, names)).toBe(`device.${key}`);
    }
  });

  it('is refused as that of another attachment', () => {
    expect(deviceFault(written(device), deriveNames({ ...identity, ifname: 'net1' }))).toMatch(
      /^device\.(name|tap|port)$/,
    );
  });
});

describe('what a record claims that is not derived', () => {
  const tap = { ...tapOf().tap };
  const onSwitch = planOf({ ovs: { db: database } }, onOvs({}, { database })).device;

  it.each<[string, Device, Record<string, unknown>, string]>([
    ['the altname of another link', tapOf(), { tap: { ...tap, altname: `dan-${'0'.repeat(40)}` } }, 'tap'],
    ['another link', tapOf(), { tap: { ...tap, name: 'eth0' } }, 'tap'],
    ['a link in the pod', tapOf(), { tap: { ...tap, in: 'pod' } }, 'tap'],
    ['another port', onSwitch, { port: { ...onSwitch.port, name: 'eth0' } }, 'port'],
    ['a port of another mark', onSwitch, { port: { ...onSwitch.port, externalIds: { dan: 'other' } } }, 'port'],
    ['a VLAN that is none', tapOf(), { trunk: [{ first: 1, last: 2 ** 32 }] }, 'trunk'],
    ['another node', macvtap, { node: '/dev/null' }, 'node'],
    ['a node by way of another directory', macvtap, { node: `/run/dan/macvtap/../macvtap/${names.link}` }, 'node'],
    ['another end of the pair', planFor('host').device, { veth: { host: { ...tap, name: 'eth0' }, pod: tap } }, 'veth'],
    ['another cookie', planFor('pod').device, { cookie: '00' }, 'cookie'],
    ['a path that leads up', planSocket().device, { path: '/run/../etc/x' }, 'path'],
    ['another kind', tapOf(), { kind: '__proto__' }, 'kind'],
  ])('is refused: %s', (_what, device, changes, key) => {
    expect(deviceFault({ ...written(device), ...changes }, names)).toBe(`device.${key}`);
  });
});
