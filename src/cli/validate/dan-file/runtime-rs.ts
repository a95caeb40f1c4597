import type { Profile } from '../../../dan/profile.ts';
import { readRuntimeRs, type RuntimeRsDevice } from '../../../reader/runtime-rs.ts';
import { type Remark, remarksAt } from '../remark.ts';
import { deviceRemarks } from './devices.ts';
import { guestRemarks, routeText } from './guest.ts';
import { type FileReading, type ReadDevice, refused } from './reading.ts';

/** Reads a DAN file as Kata's Rust runtime does: that of 4.0, or the one before, by its profile. */
export function readAsRust(text: string, profile: Profile): FileReading {
  const reading = readRuntimeRs(text);
  if (!reading.accepted) {
    const vfio = reading.error.includes('variant `vfio`') ? '; only Kata’s Go runtime takes vfio devices' : '';
    return refused(`${reading.error}${vfio}`);
  }
  const { netns, devices } = reading;
  return {
    accepted: true,
    devices: devices.map(toRead),
    remarks: [
      ...(netns === null ? [] : [netnsRemark(netns)]),
      ...devices.flatMap((device, at) => remarksOn(device, profile, `devices[${at}]`)),
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
    mac: device.mac_is_generated ? null : device.guest_mac,
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

function remarksOn(device: RuntimeRsDevice, profile: Profile, where: string): readonly Remark[] {
  return [
    ...macRemarks(device, where),
    ...deviceRemarks({ ...device, name: device.guest_name }, profile, where),
    ...droppedRemarks(device, where),
    ...guestRemarks(device, where),
  ];
}

function macRemarks({ mac_is_generated, vmm_mac_ok, guest_mac, device }: RuntimeRsDevice, where: string): Remark[] {
  const remark = remarksAt(`${where}.guest_mac`);
  if (mac_is_generated) return [remark('note', 'there is none: the reader makes one up, another each time')];
  if (vmm_mac_ok) return [];
  return device.type === 'host-tap'
    ? [remark('error', `${JSON.stringify(guest_mac)} is no MAC, and the sandbox fails`)]
    : [
        remark(
          'warning',
          `${JSON.stringify(guest_mac)} is dropped: Dragonball wants six pairs of digits, and the guest gets another MAC`,
        ),
      ];
}

function droppedRemarks({ dropped }: RuntimeRsDevice, where: string): readonly Remark[] {
  const info = `${where}.network_info`;
  return [
    ...dropped.ip_addresses.map(({ at, value }) =>
      remarksAt(`${info}.interface.ip_addresses[${at}]`)(
        'warning',
        `${JSON.stringify(value)} is dropped: ${whyAddress(value)}`,
      ),
    ),
    ...dropped.routes.map(({ at, value }) =>
      remarksAt(`${info}.routes[${at}]`)(
        'warning',
        `the route to ${JSON.stringify(value.dest)} is dropped: ${whyRoute(value.dest)}`,
      ),
    ),
    ...dropped.neighbors.map(({ at, value }) =>
      remarksAt(`${info}.neighbors[${at}]`)(
        'warning',
        `the neighbor ${value.ip_address ?? ''} is dropped: its state is ${value.state}, and only 128 (permanent) is sent`,
      ),
    ),
  ];
}

function whyAddress(text: string): string {
  if (text.includes('%')) return 'it names a zone';
  if (!text.includes('/')) return 'it has no prefix length';
  return /^(127\.|::1\/)/.test(text) ? 'it is of the loopback network' : 'it is no "ip/prefix" with a prefix in digits';
}

function whyRoute(dest: string): string {
  if (dest === 'default') return 'write "0.0.0.0/0" or "::/0"';
  if (dest === '') return 'it has neither destination, nor a gateway that tells its IP version';
  return dest.includes('/') ? 'it is no "ip/prefix"' : 'it has no prefix length';
}
