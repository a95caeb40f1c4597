import type { Guest } from '../guest/guest.ts';
import type { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { OpenVSwitch, type SwitchOptions } from './open-vswitch.ts';

/** A switch with a bridge on which the host has the address 192.0.2.1. */
export async function bridged(host: Host, options: SwitchOptions): Promise<OpenVSwitch> {
  const ovs = await OpenVSwitch.start(host, options);
  await ovs.addBridge('br0');
  await host.sh('ip address add 192.0.2.1/24 dev br0; ip link set br0 up');
  return ovs;
}

/** A device in a DAN file, and what the guest gets. */
export interface HandMade {
  /** A number that no other guest of the host has: it is part of the guest's MAC and of its address, 192.0.2.x/24. */
  readonly number: number;
  readonly device: object;
  readonly netns?: string;
}

/** Boots a guest from a handwritten DAN file with one interface. */
export async function bootByHand(host: Host, { number, device, netns }: HandMade): Promise<Guest> {
  const addresses = { ip_addresses: [`192.0.2.${number}/24`], mtu: 1500, ntype: 'tuntap', flags: 0 };
  const mac = `02:00:00:00:00:${String(number).padStart(2, '0')}`;
  const info = { interface: addresses, routes: [], neighbors: [] };
  const devices = [{ name: 'eth0', guest_mac: mac, device, network_info: info }];
  const file = `/run/kata-containers/dans/${number}.json`;
  await writeInside(host, file, JSON.stringify({ netns: netns ?? null, devices }));
  return bootFromFile({ host, file });
}
