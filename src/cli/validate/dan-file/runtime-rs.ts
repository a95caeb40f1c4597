import type { Profile } from '../../../dan/profile.ts';
import { readRuntimeRs, type RuntimeRsDevice } from '../../../reader/runtime-rs.ts';
import { type Remark, remarksAt } from '../remark.ts';
import { deviceRemarks } from './devices.ts';
import { guestRemarks, routeText } from './guest.ts';
import { type FileReading, lossRemarks, type ReadDevice, refused } from './reading.ts';

/** Reads a DAN file as Kata's Rust runtime does: that of 4.0, or the one before, by its profile. */
export function readAsRust(text: string, profile: Profile): FileReading {
  const reading = readRuntimeRs(text);
  if (!reading.accepted) return refused(reading.refusals);
  const { netns, devices } = reading;
  return {
    accepted: true,
    devices: devices.map(toRead),
    remarks: [
      ...(netns === null ? [] : [netnsRemark(netns)]),
      ...devices.flatMap((device) => remarksOn(device, profile)),
    ],
  };
}

function netnsRemark(netns: string): Remark {
  return remarksAt('netns')(
    'warning',
    `it is ${JSON.stringify(netns)}, and the reader looks a tap up in its own namespace before it enters that one: a tap ` +
      'in the pod’s namespace is not found; make it in the host’s, with "netns": null',
  );
}

function toRead(device: RuntimeRsDevice): ReadDevice {
  const { guest_agent: agent } = device;
  const { type } = device.device;
  return {
    name: device.guest_name,
    mac: device.guest_mac,
    device: `${type} ${device.device.type === 'host-tap' ? device.device.tap_name : device.device.path}`,
    queuePairs: device.queue_num === 0 ? null : device.queue_pairs,
    queueSize: device.queue_size,
    mtu: device.mtu,
    addresses: device.addresses,
    routes: agent.routes.flatMap((answer) => ('ok' in answer ? [routeText(answer.ok)] : [])),
    neighbors: agent.neighbors.flatMap((answer) =>
      'ok' in answer ? [`${answer.ok.ip} at ${answer.ok.lladdr === '' ? 'no address' : answer.ok.lladdr}`] : [],
    ),
  };
}

function remarksOn(device: RuntimeRsDevice, profile: Profile): readonly Remark[] {
  const { where } = device;
  return [
    ...macRemarks(device),
    ...deviceRemarks({ ...device, name: device.guest_name }, profile, where),
    ...lossRemarks(device),
    ...guestRemarks(device, where),
  ];
}

function macRemarks({ vmm_mac_ok, guest_mac, device, where }: RuntimeRsDevice): readonly Remark[] {
  const remark = remarksAt(`${where}.guest_mac`);
  if (guest_mac === null) return [remark('note', 'there is none: the reader makes one up, another each time')];
  if (vmm_mac_ok) return [];
  const mac = JSON.stringify(guest_mac);
  return device.type === 'host-tap'
    ? [remark('error', `${mac} is no MAC, and the sandbox fails`)]
    : [remark('warning', `${mac} is dropped: Dragonball wants six pairs of digits, and the guest gets another MAC`)];
}
