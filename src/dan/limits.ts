import type { AttachedDevice } from './attachment.ts';
import { cidrText } from '../model/cidr.ts';
import { bitsOf } from '../model/ip.ts';
import type { Neighbor, Route } from '../model/route.ts';
import type { QueuePairs } from '../model/queues.ts';
import { permanent } from './encode.ts';
import type { Profile } from './profile.ts';

/** What an attachment requires from its reader, as far as the configuration says. */
export interface Demand {
  readonly device: AttachedDevice['kind'];
  /** The device's name in the configuration, if it is different. */
  readonly named?: string;
  readonly queuePairs: QueuePairs;
  /** Queue pairs that the Kata runtime gives a device if its file has no number. */
  readonly networkQueues: number;
  /** The hypervisor of the Kata configuration, if it names one. */
  readonly hypervisor?: string | undefined;
  readonly neighbors: readonly Neighbor[];
  /** Left out for a network configuration. */
  readonly words?: AskersWords;
}

/** Words for messages that depend on the client that asks. */
export interface AskersWords {
  /** The reader. */
  readonly runtime: string;
  /** The option that determines the hypervisor. */
  readonly kataConfig: string;
  /** How to get a tap instead. */
  readonly tap: string;
}

function ofConfiguration({ name }: Profile): AskersWords {
  return { runtime: `"runtime": "${name}"`, kataConfig: '"kataConfig"', tap: 'use "device": "host-tap"' };
}

/** Why a reader cannot carry a demand, as sentences that say what to use instead. Empty if it can. */
export function profileFaults(profile: Profile, demand: Demand): string[] {
  const fault = deviceFault(profile, demand);
  return [...(fault === undefined ? [] : [fault]), ...(profile.isKata ? demand.neighbors.flatMap(neighborFaults) : [])];
}

/** Why a reader cannot carry a device with this MTU in bytes; empty if it can. */
export function mtuFaults(
  profile: Profile,
  device: AttachedDevice['kind'],
  mtu: number,
  { runtime, tap }: AskersWords = ofConfiguration(profile),
): string[] {
  const most = profile.devices[device]?.mtu ?? Infinity;
  if (mtu <= most) return [];
  return [
    `the MTU ${mtu} cannot be carried by a ${device} device under ${runtime}: its hypervisor announces ${most} to ` +
      `the guest; say "mtu": ${most} or less, or ${tap}`,
  ];
}

/**
 * Why a reader cannot carry routes, as sentences; empty if it can. Kata's Go runtime passes neither the flags nor the
 * MTU of a route on, and treats an IPv4 route without a gateway as an IPv6 route (generateVCNetworkStructures of its
 * network.go).
 */
export function routeFaults({ name, carries }: Profile, routes: readonly Route[]): readonly string[] {
  if (carries === undefined) return [];
  return routes.flatMap(({ dst, gw, mtu, onlink, source }) => {
    const fault = (what: string, cure: string): string =>
      `the route to ${cidrText(dst)} ${what}, which "runtime": "${name}" cannot carry: ${cure}`;
    return [
      ...(gw === undefined && dst.family === 4
        ? [fault('has no gateway', 'give it a "gw", or an address whose prefix has the destination')]
        : []),
      ...(onlink
        ? [fault(`has the gateway ${gw?.text ?? ''}, which is in no subnet of the guest`, 'name one that is')]
        : []),
      ...(mtu === undefined ? [] : [fault(`has the MTU ${mtu}`, 'leave "mtu" out of it')]),
      ...(source === undefined ? [] : [fault(`has the source ${source.text}`, 'leave "source" out of it')]),
    ];
  });
}

/** What to use if a reader does not attach a device. */
const instead: Partial<Record<AttachedDevice['kind'], string>> = {
  vfio:
    'Kata\'s Rust runtime does not read vfio devices from a DAN file yet; say "runtime": "go", and use a Kata handler that ' +
    'starts the Go runtime',
  macvtap:
    'no reader of Kata can open a macvtap by its name; use "device": "tcfilter", or "generic" for another reader',
};

/** What to use if Kata's Go runtime does not attach a device. */
const ofGo =
  'Kata\'s Go runtime reads only vfio devices from a DAN file; say "device": "vfio", or use "runtime": "runtime-rs" and a Kata ' +
  'handler that starts the Rust runtime';

function deviceFault(profile: Profile, demand: Demand): string | undefined {
  const { device, named = device, queuePairs, networkQueues, hypervisor, words = ofConfiguration(profile) } = demand;
  const limits = profile.devices[device];
  if (limits === undefined) {
    return `"runtime": "${profile.name}" has no ${named}: ${profile.name === 'go' ? ofGo : (instead[device] ?? 'use another "runtime"')}`;
  }
  const { hypervisor: only } = limits;
  if (only !== undefined && hypervisor !== undefined && hypervisor !== only) {
    return (
      `${words.kataConfig} is for the hypervisor ${hypervisor}, and under ${words.runtime} only ${only} attaches ${device} ` +
      `devices: name the configuration of that hypervisor, or ${words.tap}`
    );
  }
  if (profile.queueNum || queuePairs === networkQueues) return undefined;
  return (
    `"queues" ${queuePairs} cannot be written for "runtime": "${profile.name}": Kata before 4.0 reads it as a count of ` +
    `virtqueues; it uses network_queues of its configuration, ${networkQueues} here, so say "queues": ${networkQueues}, ` +
    'or change network_queues and name that file in "kataConfig"'
  );
}

function neighborFaults({ ip, prefix = bitsOf(ip.family), state = permanent }: Neighbor): string[] {
  const one = bitsOf(ip.family);
  const drops = `drop every state but ${permanent} (permanent); leave "state" out`;
  return [
    ...(prefix === one ? [] : [`neighbor ${ip.text}/${prefix}: the readers of Kata take one host, /${one}`]),
    ...(state === permanent ? [] : [`neighbor ${ip.text} with state ${state}: the readers of Kata ${drops}`]),
  ];
}
