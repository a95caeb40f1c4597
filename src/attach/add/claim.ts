import { bridgeOf, type Device, kindOf, nameOf } from '../../kinds/kinds.ts';
import type { Exclusive } from '../../kinds/device.ts';
import { type LockKey, withLock } from '../../host/lock.ts';
import { danError } from '../../model/error.ts';
import { lockDirectory } from '../directories.ts';
import { type AttachmentRecord, readRecords, removeRecord, writeRecord } from '../record.ts';
import type { Taken } from '../take-over.ts';
import type { Surroundings } from './allocate.ts';
import { refuseSocketOfAnother } from './socket-owner.ts';
import type { Task } from './task.ts';
import type { Undo } from './undo.ts';

/** How it is settled who has what one attachment alone may have: by a lock, and the refusal of the others. */
export interface Contest {
  readonly lock: LockKey;
  readonly refuse: () => void;
}

/** The record of an attachment that is planned; `taken` is what its device takes from a link in the pod. */
export function recordOf(
  { request, config, identity, danConf }: Task,
  { device, guestMac }: Surroundings['plan'],
  taken: Taken | undefined,
): AttachmentRecord {
  const { prevResult: _previous, ...document } = request.input.document;
  return {
    ...identity,
    format: 1,
    danConf,
    device,
    guestMac,
    netns: request.environment.netns,
    ...(config.ipamType === undefined ? {} : { ipam: { type: config.ipamType, document } }),
    ...(taken === undefined ? {} : { taken }),
  };
}

/**
 * Writes the record: from here on, a DEL knows what to remove. What may be there only once, a fixed MAC on its bridge and
 * an explicit socket, is checked against the other attachments under a lock: replicas with one configuration start at the same
 * moment. Throws `mac-in-use`, `socket-path-unusable`.
 */
export async function claim({ config }: Task, record: AttachmentRecord, undo: Undo): Promise<void> {
  await claimContested(contestsOf(config, record), record, undo);
}

/** Writes the record under the locks of all that is exclusive, in their order. Throws what one of them refuses. */
export async function claimContested(
  contests: readonly Contest[],
  record: AttachmentRecord,
  undo: Undo,
): Promise<void> {
  const name = nameOf(record.device);
  await alone(contests, () => {
    undo.addIfClean(`remove the record of ${name}`, () => {
      removeRecord(name, record.sandbox);
    });
    writeRecord(record);
  });
}

/** Refuses what {@link claim} would refuse at this moment. Takes no lock and writes nothing. */
export function refuseClaimed({ config }: Task, record: AttachmentRecord): void {
  for (const { refuse } of contestsOf(config, record)) refuse();
}

function contestsOf({ device }: Task['config'], record: AttachmentRecord): readonly Contest[] {
  return kindOf(device)
    .exclusives(device, record.device as Device)
    .map((exclusive) => contestOf(exclusive, record));
}

function contestOf(exclusive: Exclusive, record: AttachmentRecord): Contest {
  switch (exclusive.of) {
    case 'mac': {
      const { bridge } = exclusive;
      const refuse = (): void => {
        refuseMacInUse(record, bridge);
      };
      return { lock: { kind: 'bridge', name: bridge }, refuse };
    }
    case 'socket': {
      const { path } = exclusive;
      const refuse = (): void => {
        refuseSocketOfAnother(path, nameOf(record.device));
      };
      return { lock: { kind: 'socket', name: path }, refuse };
    }
    default:
      return exclusive satisfies never;
  }
}

async function alone([first, ...others]: readonly Contest[], work: () => void): Promise<void> {
  if (first === undefined) {
    work();
    return;
  }
  await withLock(lockDirectory, first.lock, async () => {
    first.refuse();
    await alone(others, work);
  });
}

function refuseMacInUse({ guestMac, device }: AttachmentRecord, bridge: string): void {
  const own = nameOf(device);
  const other = readRecords().find(
    (record) => record.guestMac === guestMac && bridgeOf(record.device) === bridge && nameOf(record.device) !== own,
  );
  if (other === undefined) return;
  throw danError(
    'mac-in-use',
    `the MAC ${guestMac} is fixed, and sandbox ${other.sandbox} ("${other.ifname}" of network "${other.network}") has it on ` +
      `bridge ${bridge} already: leave "mac" out, and every attachment gets one of its own`,
  );
}
