import { utf8 } from '#bytes';
import type { Profile } from '../../../dan/profile.ts';
import { longestSocketPath } from '../../../model/socket-path.ts';
import { parseQueuePairs, parseQueueSize } from '../../../model/queues.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** What of a device the virtual machine monitor and the node go by. */
interface PluggedDevice {
  readonly name: string;
  readonly device:
    | { readonly type: 'host-tap'; readonly tap_name: string }
    | { readonly type: 'vhost-user'; readonly path: string };
  /** 0 where the file says nothing. */
  readonly queue_num: number;
  readonly queue_size: number;
  /** Bytes. */
  readonly mtu: number;
}

/** What no virtual machine could be given, whatever the reader makes of it. */
export function deviceRemarks(plugged: PluggedDevice, profile: Profile, where: string): readonly Remark[] {
  const { name, device, queue_size } = plugged;
  const size = parseQueueSize(queue_size);
  return [
    ...nameRemarks(name, `${where}.name`),
    ...(device.type === 'host-tap'
      ? nameRemarks(device.tap_name, `${where}.device.tap_name`)
      : socketRemarks(plugged, profile, where)),
    ...queueRemarks(plugged, profile, `${where}.device.queue_num`),
    ...(size.ok ? [] : [remarksAt(`${where}.device.queue_size`)('error', `${queue_size} ${size.why}`)]),
  ];
}

// The kernel's dev_valid_name.
function nameRemarks(name: string, where: string): readonly Remark[] {
  const length = utf8(name).length;
  const valid = length >= 1 && length <= 15 && name !== '.' && name !== '..' && !/[/:\s]/.test(name);
  return valid ? [] : [remarksAt(where)('error', `${JSON.stringify(name)} can be no interface’s name in Linux`)];
}

function socketRemarks({ device, mtu }: PluggedDevice, profile: Profile, where: string): readonly Remark[] {
  if (device.type !== 'vhost-user') return [];
  const length = utf8(device.path).length;
  const hypervisor = profile.vhostUserHypervisor;
  return [
    ...(length <= longestSocketPath
      ? []
      : [
          remarksAt(`${where}.device.path`)(
            'error',
            `it has ${length} bytes, and a socket’s address holds ${longestSocketPath}`,
          ),
        ]),
    ...(mtu <= profile.vhostUserMtu
      ? []
      : [
          remarksAt(`${where}.network_info.interface.mtu`)(
            'error',
            `${mtu} is above ${profile.vhostUserMtu}, which the hypervisor announces to the guest`,
          ),
        ]),
    ...(hypervisor === undefined
      ? []
      : [remarksAt(`${where}.device`)('note', `of Kata’s hypervisors only ${hypervisor} attaches vhost-user devices`)]),
  ];
}

function queueRemarks({ queue_num }: PluggedDevice, profile: Profile, where: string): readonly Remark[] {
  const remark = remarksAt(where);
  if (queue_num === 0) {
    const who = profile.name === 'generic' ? 'the reader chooses' : 'network_queues of Kata’s configuration counts';
    return [remark('note', `there is none: ${who}`)];
  }
  if (!profile.queueNum) {
    const taken = `${queue_num} is taken for a count of virtqueues by Kata before 4.0`;
    return queue_num % 2 === 1
      ? [remark('error', `${taken}, and Dragonball refuses an odd one: leave it out, and network_queues counts`)]
      : [remark('warning', `${taken}, so of ${queue_num / 2} pairs: leave it out, and network_queues counts`)];
  }
  const pairs = parseQueuePairs(queue_num);
  return pairs.ok ? [] : [remark('error', `${queue_num} ${pairs.why}`)];
}
