import { type GoDevice, readGo } from '../../../reader/go.ts';
import type { Remark } from '../remark.ts';
import { guestRemarks, routeText } from './guest.ts';
import { type FileReading, lossRemarks, type ReadDevice, refused } from './reading.ts';

/** Reads a DAN file as Kata's Go runtime does. */
export function readAsGo(text: string): FileReading {
  const reading = readGo(text);
  if (!reading.accepted) return refused(reading.refusals);
  const { altered, devices } = reading;
  return {
    accepted: true,
    devices: devices.map(toRead),
    remarks: [...lossRemarks({ dropped: [], altered }), ...devices.flatMap(remarksOn)],
  };
}

function toRead(device: GoDevice): ReadDevice {
  return {
    name: device.guest_name,
    mac: device.guest_mac,
    device: `vfio ${device.pci_device_id}`,
    queuePairs: null,
    queueSize: null,
    mtu: device.mtu,
    addresses: device.addresses,
    routes: device.guest_agent.routes.flatMap((answer) => ('ok' in answer ? [routeText(answer.ok)] : [])),
    neighbors: device.neighbors.map(({ ip, lladdr }) => `${ip ?? 'no address'} at ${lladdr}`),
  };
}

function remarksOn(device: GoDevice): readonly Remark[] {
  return [...lossRemarks(device), ...guestRemarks(device, device.where)];
}
