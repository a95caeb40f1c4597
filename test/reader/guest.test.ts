import { describe, expect, it } from 'vitest';

import { readGo } from '../../src/reader/go.ts';
import { guestKernelRefusals, guestRoutingRefusals } from '../../src/reader/guest-kernel.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import type { TakenDevice } from '../../src/reader/verdict.ts';
import { reasonsText } from './reasons.ts';
import { recordedAnswers } from './recorded-answers.ts';

const mac = '02:11:22:33:44:55';

function textOf(
  device: object,
  addresses: readonly string[],
  routes: readonly object[],
  neighbors: readonly object[] = [],
): string {
  const network_info = { interface: { ip_addresses: addresses, mtu: 1500 }, routes, neighbors };
  return JSON.stringify({ devices: [{ name: 'eth0', guest_mac: mac, device, network_info }] });
}

function deviceWith(addresses: readonly string[], routes: readonly object[]): TakenDevice {
  const reading = readRuntimeRs(textOf({ type: 'host-tap', tap_name: 'tap0' }, addresses, routes));
  if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
  return reading.devices[0]!;
}

describe('routing in the guest', () => {
  it.each([
    [['10.0.0.5/24'], [{ dest: '0.0.0.0/0', gateway: '10.0.0.1' }]],
    [['10.0.0.5/32'], [{ dest: '0.0.0.0/0', gateway: '10.0.0.1', flags: 4 }]],
    [['10.0.0.5/32'], [{ gateway: '10.0.0.1' }, { dest: '10.0.0.1/32', scope: 253 }]],
    [['fd00::5/64'], [{ dest: '::/0', gateway: 'fd00::1' }]],
    [['fd00::5/128'], [{ dest: '::/0', gateway: 'fe80::1' }]],
    [['10.0.0.5/24'], [{ dest: '0.0.0.0/0', gateway: '10.0.0.1', source: '10.0.0.5/0' }]],
  ])('the guest’s kernel routes with the addresses %j and the routes %j', (addresses, routes) => {
    expect(guestRoutingRefusals(deviceWith(addresses, routes))).toEqual([]);
  });

  it.each([
    [['10.0.0.5/24'], { dest: '0.0.0.0/0', gateway: '10.0.1.1' }, 'nothing leads to the gateway 10.0.1.1'],
    [['10.0.0.5/32'], { dest: '0.0.0.0/0', gateway: '10.0.0.1' }, 'nothing leads to the gateway 10.0.0.1'],
    [['fd00::5/64'], { dest: '::/0', gateway: 'fd01::1' }, 'nothing leads to the gateway fd01::1'],
    [['10.0.0.5/24'], { dest: '::/0', gateway: 'fd00::1' }, 'nothing leads to the gateway fd00::1'],
    [['10.0.0.5/24'], { dest: '10.9.0.0/16', scope: 253, source: '10.0.0.6/0' }, 'source 10.0.0.6 is none of'],
    [['fd00::5/64'], { dest: 'fd01::/64', scope: 253, source: 'fd00::5/0' }, 'fd00::5 is still tentative'],
  ])('the guest’s kernel refuses, with the addresses %j, the route %j', (addresses, route, expected) => {
    expect(guestRoutingRefusals(deviceWith(addresses, [route]))).toEqual([expect.stringContaining(expected)]);
  });
});

describe('the Go runtime and the agent', () => {
  it('the agent takes what the Go runtime sends as what runtime-rs sends', () => {
    const neighbor = { ip_address: '10.0.0.9', hardware_addr: mac, state: 128 };
    const routes = [{ dest: '', gateway: '10.0.0.1' }];
    const reading = readGo(
      textOf({ type: 'vfio', pci_device_id: '0' }, ['10.0.0.5/24', '127.0.0.1/8'], routes, [neighbor]),
    );
    if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
    const [device] = reading.devices;
    expect(device!.dropped.map(({ name }) => name)).toEqual(['the address 127.0.0.1/8']);
    expect(device!.addresses).toEqual(['10.0.0.5/24']);
    expect(recordedAnswers(device!)).toEqual({
      neighbors: [{ ok: { flags: 0, ip: '10.0.0.9', lladdr: mac, state: 128 } }],
      routes: [{ ok: { dst: '0.0.0.0/0', family: 4, flags: 0, gw: '10.0.0.1', mtu: 0, scope: 0, src: null } }],
    });
    expect([...guestKernelRefusals(device!), ...guestRoutingRefusals(device!)]).toEqual([]);
  });
});
