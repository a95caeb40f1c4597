import { readGo, type GoDevice } from '../../../reader/go.ts';
import { agentOfGo } from '../../../reader/go-guest.ts';
import { type Remark, remarksAt } from '../remark.ts';
import { guestRemarks, routeText } from './guest.ts';
import { type FileReading, type ReadDevice, refused } from './reading.ts';

/** Reads a DAN file as Kata's Go runtime does. */
export function readAsGo(text: string): FileReading {
  const reading = readGo(text);
  if (!reading.accepted) {
    const kind = reading.error.startsWith('unknown DAN device type') ? '; it takes vfio devices alone' : '';
    return refused(`${reading.error}${kind}`);
  }
  return {
    accepted: true,
    devices: reading.devices.map(toRead),
    // Sorted by name, so that the place in the file is not known any more.
    remarks: reading.devices.flatMap((device) => remarksOn(device, device.name)),
  };
}

function toRead(device: GoDevice): ReadDevice {
  const { guest_agent: agent } = agentOfGo(device);
  return {
    name: device.name,
    mac: device.hwaddr,
    device: `vfio ${device.pci_device_id}`,
    queuePairs: null,
    queueSize: null,
    mtu: device.mtu,
    addresses: device.update_interface_addrs.map(({ address, mask }) => `${address}/${mask}`),
    routes: agent.routes.flatMap((answer) => ('ok' in answer ? [routeText(answer.ok)] : [])),
    neighbors: device.add_arp_neighbors.map(({ ip, lladdr }) => `${ip} at ${lladdr}`),
  };
}

function remarksOn(device: GoDevice, where: string): readonly Remark[] {
  const remark = remarksAt(where);
  const { dropped } = device;
  return [
    ...dropped.addresses.map((address) =>
      remark('warning', `the address ${address} is dropped: it is of the loopback network`),
    ),
    ...dropped.neighbors.map(({ ip, state }) =>
      remark('warning', `the neighbor ${ip} is dropped: its state is ${state}, and only 128 (permanent) is sent`),
    ),
    ...guestRemarks(agentOfGo(device), where),
  ];
}
