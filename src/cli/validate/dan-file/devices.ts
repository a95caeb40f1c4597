import { utf8 } from '#bytes';
import type { Profile } from '../../../dan/profile.ts';
import { longestSocketPath } from '../../../model/socket-path.ts';
import { parseQueuePairs, parseQueueSize } from '../../../model/queues.ts';
import type { TakenDevice } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/**
 * What no virtual machine could use, whatever the reader accepts. Nothing is known about a vfio device, the only kind
 * that Go's reader has.
 */
export function deviceRemarks(taken: TakenDevice, profile: Profile | undefined): readonly Remark[] {
  const { where, device, guest_name: name, queue_size } = taken;
  if (device.type === 'vfio' || profile === undefined) return [];
  // If the file leaves the size out, the reader chooses it.
  const size = parseQueueSize(queue_size === 0 ? 1 : queue_size);
  return [
    ...macRemarks(taken),
    ...nameRemarks(name, `${where}.name`),
    ...(device.type === 'host-tap'
      ? nameRemarks(device.tap_name, `${where}.device.tap_name`)
      : socketRemarks(device.path, taken, profile)),
    ...queueRemarks(taken, profile),
    ...(size.ok ? [] : [remarksAt(`${where}.device.queue_size`)('error', `${queue_size} ${size.why}`)]),
  ];
}

function macRemarks({ vmm_mac_ok, guest_mac, device, where }: TakenDevice): readonly Remark[] {
  const remark = remarksAt(`${where}.guest_mac`);
  if (guest_mac === null) return [remark('note', 'there is none: the reader makes one up, another each time')];
  if (vmm_mac_ok) return [];
  const mac = JSON.stringify(guest_mac);
  return device.type === 'host-tap'
    ? [remark('error', `${mac} is not a MAC, and the sandbox fails`)]
    : [remark('warning', `${mac} is dropped: Dragonball wants six pairs of digits, and the guest gets another MAC`)];
}

// The rule of the kernel's dev_valid_name.
function nameRemarks(name: string, where: string): readonly Remark[] {
  const length = utf8(name).length;
  const valid = length >= 1 && length <= 15 && name !== '.' && name !== '..' && !/[/:\s]/.test(name);
  if (valid) return [];
  return [remarksAt(where)('error', `${JSON.stringify(name)} cannot be the name of an interface in Linux`)];
}

function socketRemarks(path: string, { mtu, where }: TakenDevice, profile: Profile): readonly Remark[] {
  const length = utf8(path).length;
  const { hypervisor, mtu: most = Infinity } = profile.devices['vhost-user'] ?? {};
  const ofPath = `it has ${length} bytes, but the address of a socket holds ${longestSocketPath}`;
  const ofMtu = `${mtu} is above ${most}, which the hypervisor announces to the guest`;
  const ofHypervisor = `of Kata’s hypervisors only ${String(hypervisor)} attaches vhost-user devices`;
  return [
    ...(length <= longestSocketPath ? [] : [remarksAt(`${where}.device.path`)('error', ofPath)]),
    ...(mtu <= most ? [] : [remarksAt(`${where}.network_info.interface.mtu`)('error', ofMtu)]),
    ...(hypervisor === undefined ? [] : [remarksAt(`${where}.device`)('note', ofHypervisor)]),
  ];
}

function queueRemarks({ queue_num, where }: TakenDevice, profile: Profile): readonly Remark[] {
  const remark = remarksAt(`${where}.device.queue_num`);
  if (queue_num === 0) {
    const who = profile.isKata ? 'network_queues of Kata’s configuration counts' : 'the reader chooses';
    return [remark('note', `there is none: ${who}`)];
  }
  if (profile.queueNum) {
    const pairs = parseQueuePairs(queue_num);
    return pairs.ok ? [] : [remark('error', `${queue_num} ${pairs.why}`)];
  }
  const isOdd = queue_num % 2 === 1;
  const outcome = isOdd ? ', and Dragonball refuses an odd one' : `, so of ${queue_num / 2} pairs`;
  const text = `Kata before 4.0 takes ${queue_num} for a count of virtqueues${outcome}: leave it out, and network_queues counts`;
  return [remark(isOdd ? 'error' : 'warning', text)];
}
