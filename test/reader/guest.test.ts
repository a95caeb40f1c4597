import { describe, expect, it } from 'vitest';

import { readGo } from '../../src/reader/go.ts';
import { guestFaults } from '../../src/dan/guest-faults.ts';
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
    expect(guestFaults([device!.guest])).toEqual([]);
  });
});
