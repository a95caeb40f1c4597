import { isSoak } from '../harness/effort.ts';
import { hostLocal } from '../host-tap/network.ts';

const bandwidth = { ingressRate: 8e6, ingressBurst: 262_144, egressRate: 8e6, egressBurst: 262_144 };

/** The ways of attaching that are tried, by name. */
export const devices = {
  'host-tap': { device: 'host-tap', bridge: 'br0', ipam: hostLocal },
  'host-tap with limits': { device: 'host-tap', bridge: 'br0', ipam: hostLocal, bandwidth },
  'host-tap on Open vSwitch': { device: 'host-tap', bridge: 'br0', ipam: hostLocal },
  'host-tap with limits on Open vSwitch': { device: 'host-tap', bridge: 'br0', ipam: hostLocal, bandwidth },
  'vhost-user': { device: 'vhost-user', ipam: hostLocal },
  'tcfilter for runtime-rs': { device: 'tcfilter', runtime: 'runtime-rs', master: 'eth0', queues: 2 },
  'tcfilter for generic': { device: 'tcfilter', runtime: 'generic', master: 'eth0' },
  macvtap: { device: 'macvtap', runtime: 'generic', master: 'eth0', group: 107 },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

/** One way of attaching. */
export type DeviceName = keyof typeof devices;

/** Whether a way needs an Open vSwitch that runs. */
export function isOnOpenVSwitch(name: DeviceName): boolean {
  return name.endsWith('on Open vSwitch');
}

/** All ways of attaching. */
export const deviceNames = Object.keys(devices) as readonly DeviceName[];

/** The ways that take over an interface in the pod. */
export const podDeviceNames = deviceNames.filter((name) => 'master' in devices[name]);

/**
 * Whether faults are tried of a way. The soak tries all. `npm test` leaves out a tap without limits, which takes some of
 * the steps of one with limits, and the second reader of tcfilter.
 */
export function isTried(name: DeviceName): boolean {
  if (isSoak) return true;
  return name.startsWith('host-tap') ? 'bandwidth' in devices[name] : name !== 'tcfilter for generic';
}

/** The ways that give the guest a connection of the host's, and leave the pod's namespace empty. */
export const hostDeviceNames = deviceNames.filter((name) => !podDeviceNames.includes(name));
