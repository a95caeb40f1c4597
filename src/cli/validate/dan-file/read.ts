import { type Profile, type ProfileName, profiles } from '../../../dan/profile.ts';
import { readGo } from '../../../reader/go.ts';
import { readPublished } from '../../../reader/published.ts';
import { readRuntimeRs } from '../../../reader/runtime-rs.ts';
import type { Reason, TakenDevice, Verdict } from '../../../reader/verdict.ts';
import { firstRemarks, type Remark, remarksAt } from '../remark.ts';
import { deviceRemarks } from './devices.ts';
import { guestRemarks, routeText } from './guest.ts';
import { ignoredKeys } from './ignored-keys.ts';

/** A device of a DAN file as its reader reads it. */
export type ReadDevice = ReturnType<typeof toRead>;

/** The result of reading a DAN file. It has no devices if the reader refuses the file. */
export interface FileReading {
  readonly accepted: boolean;
  readonly devices: readonly ReadDevice[];
  readonly remarks: readonly Remark[];
}

/** The readers: the name of each in a sentence, and its verdict on a text. */
export const readers: Readonly<
  Record<ProfileName, { readonly called: string; readonly read: (text: string) => Verdict }>
> = {
  'runtime-rs': { called: 'Kata’s Rust runtime from 4.0 on', read: readRuntimeRs },
  'runtime-rs-3': { called: 'Kata’s Rust runtime before 4.0', read: readRuntimeRs },
  go: { called: 'Kata’s Go runtime', read: readGo },
  generic: { called: 'a reader of the format as it was first published', read: readPublished },
};

/** What a reader makes of a DAN file's text, and what the guest makes of that. */
export function readDanText(text: string, runtime: ProfileName): FileReading {
  const verdict = readers[runtime].read(text);
  const ignored = ignoredKeys(text, runtime);
  if (!verdict.accepted) {
    // Nobody knows what an unknown reader does then.
    const outcome = runtime === 'generic' ? '' : 'the reader refuses the file, and the sandbox fails: ';
    const remarks = verdict.refusals.map(({ where, why }) => remarksAt(where)('error', outcome + why));
    return { accepted: false, devices: [], remarks: firstRemarks([...remarks, ...ignored]) };
  }
  const { altered, devices } = verdict;
  const profile = profiles[runtime];
  return {
    accepted: true,
    devices: devices.map(toRead),
    remarks: firstRemarks([
      ...altered.map(warning),
      ...devices.flatMap((device) => remarksOn(device, profile)),
      ...guestRemarks(devices),
      ...ignored,
    ]),
  };
}

// A device as JSON.
function toRead(taken: TakenDevice) {
  const { queue_num, queue_size } = taken;
  const { type, ...onHost } = taken.device;
  return {
    /** The interface's name in the guest. */
    name: taken.guest_name,
    /** null: the reader makes up a new one each time. */
    mac: taken.guest_mac,
    /** What is plugged in, like `host-tap dan3f9c1e7a02b`. */
    device: `${type} ${Object.values(onHost).join('')}`,
    /** null: the reader takes the number from its configuration, and so the size. */
    queuePairs: queue_num === 0 ? null : queue_num,
    queueSize: queue_size === 0 ? null : queue_size,
    /** Bytes. */
    mtu: taken.mtu,
    addresses: taken.addresses,
    routes: taken.guest.routes.map(routeText),
    neighbors: taken.guest.neighbors.map(({ ip, mac }) => `${ip} at ${mac === '' ? 'no address' : mac}`),
  };
}

function remarksOn(taken: TakenDevice, profile: Profile | undefined): readonly Remark[] {
  const { altered, dropped } = taken;
  return [
    ...deviceRemarks(taken, profile),
    ...dropped.map(({ where, name, why }) => remarksAt(where)('warning', `${name} is dropped: ${why}`)),
    ...altered.map(warning),
  ];
}

function warning({ where, why }: Reason): Remark {
  return remarksAt(where)('warning', why);
}
