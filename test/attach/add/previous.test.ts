import { describe, expect, it } from 'vitest';

import { logDifferences } from '../../../src/attach/add/previous.ts';
import { readResult } from '../../../src/protocol/result.ts';
import { network } from '../../dan/attachments.ts';

const sandbox = '/run/netns/pod';
const mac = '02:5c:1e:07:9a:41';

/** What is logged where the plugin before says this, and the kernel has 10.88.0.5 and fd00:88::5. */
function logged(previous: object): readonly (readonly [string, unknown])[] {
  const lines: (readonly [string, unknown])[] = [];
  const addresses = network({ addresses: ['10.88.0.5/32', 'fd00:88::5/64'] }).addresses.map((address) => ({ address }));
  logDifferences(
    readResult(previous),
    { ifname: 'eth0', addresses, guestMac: mac, mtu: 1500 },
    (level, _text, fields) => {
      lines.push([level, fields]);
    },
  );
  return lines;
}

const ips = [{ address: '10.88.0.5/16' }, { address: 'fd00:88::5/64' }];

describe('a result that says something else than the kernel', () => {
  it.each([
    { ips },
    { ips, interfaces: [{ name: 'eth0', sandbox }] },
    { ips, interfaces: [{ name: 'eth0', sandbox, mac: mac.toUpperCase(), mtu: 1500 }] },
    { ips, interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', mtu: 9000 }] },
    { ips, interfaces: [{ name: 'net1', sandbox, mac: '02:00:00:00:00:01', mtu: 9000 }] },
  ])('is not %j', (previous) => {
    expect(logged(previous)).toEqual([]);
  });

  it.each([
    [{ ips: [] }, { missing: [], unannounced: ['10.88.0.5', 'fd00:88::5'] }],
    [{ ips: ips.slice(1) }, { missing: [], unannounced: ['10.88.0.5'] }],
    [{ ips: [...ips, { address: '10.88.0.6/16' }] }, { missing: ['10.88.0.6'], unannounced: [] }],
  ])('of addresses is a warning: %j', (previous, fields) => {
    expect(logged(previous)).toEqual([['warn', fields]]);
  });

  it.each([
    [{ mac: '02:00:00:00:00:01' }, { mac: '02:00:00:00:00:01', mtu: 1500 }],
    [{ mtu: 9000 }, { mac, mtu: 9000 }],
  ])('of the link is a warning: %j', (changes, previous) => {
    expect(logged({ ips, interfaces: [{ name: 'eth0', sandbox, ...changes }] })).toEqual([
      ['warn', { previous, kernel: { mac, mtu: 1500 } }],
    ]);
  });

  // Those of another interface of the pod are not what the guest takes over from this one.
  it('is not one with addresses of another interface', () => {
    const interfaces = [
      { name: 'eth0', sandbox },
      { name: 'net1', sandbox },
    ];
    const all = [...ips.map((ip) => ({ ...ip, interface: 0 })), { address: '10.99.0.5/24', interface: 1 }];
    expect(logged({ interfaces, ips: all })).toEqual([]);
  });

  // RFC 5952 is what the kernel prints, and not what every plugin writes.
  it('is not one that writes an address in another form', () => {
    expect(logged({ ips: [{ address: '10.88.0.5/16' }, { address: 'FD00:88:0::5/64' }] })).toEqual([]);
  });
});
