import { bridgeOf, kindOf, nameOf, socketOf } from '../../kinds/kinds.ts';
import type { Exclusive } from '../../kinds/device.ts';
import { type LockKey, withLock } from '../../host/lock.ts';
import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { lockDirectory } from '../directories.ts';
import { type AttachmentRecord, readRecords, removeRecord, writeRecord } from '../record.ts';
import type { Taken } from '../take-over.ts';
import type { PlannedTask } from './task.ts';
import type { Undo } from '../attempts.ts';

/** How only one attachment gets something: by a lock, and under it a check that throws if another attachment has it. */
export interface Contest {
  readonly lock: LockKey;
  readonly refuse: () => void;
}

/** The record of a planned attachment; `taken` is what its device takes from a link in the pod. */
export function recordOf(
  { request, config, identity, danConf, plan }: PlannedTask,
  taken: Taken | undefined,
): AttachmentRecord {
  const { prevResult: _previous, ...document } = request.input.document;
  return {
    ...identity,
    format: 1,
    danConf,
    device: plan.device,
    guestMac: plan.guestMac,
    netns: request.environment.netns,
    ipam: config.ipamType === undefined ? undefined : { type: config.ipamType, document },
    taken,
  };
}

/**
 * Writes the record: from here on, a DEL knows what to remove. This holds the locks of everything exclusive, taken in
 * this order, since replicas with one configuration start at the same moment. Throws what the check of a contest throws.
 */
export async function claimContested(
  [first, ...others]: readonly Contest[],
  record: AttachmentRecord,
  undo: Undo,
): Promise<void> {
  if (first !== undefined) {
    await withLock(lockDirectory, first.lock, async () => {
      first.refuse();
      await claimContested(others, record, undo);
    });
    return;
  }
  const name = nameOf(record.device);
  undo.addIfClean(`remove the record of ${name}`, () => {
    removeRecord(name, record.sandbox);
  });
  writeRecord(record);
}

/** Refuses a socket of another attachment than the one of that name. Throws `socket-path-unusable`. */
export function refuseSocketOfAnother(path: string, name: InterfaceName): void {
  const other = findOther(name, ({ device }) => socketOf(device) === path);
  if (other === undefined) return;
  throw danError(
    'socket-path-unusable',
    `the vhost-user socket ${path} is that of sandbox ${nameForPerson(other)}: leave "socketPath" out, and every ` +
      'attachment gets one of its own',
  );
}

function refuseMacInUse({ guestMac, device }: AttachmentRecord, bridge: string): void {
  const other = findOther(
    nameOf(device),
    (record) => record.guestMac === guestMac && bridgeOf(record.device) === bridge,
  );
  if (other === undefined) return;
  throw danError(
    'mac-in-use',
    `the MAC ${guestMac} is fixed, and sandbox ${nameForPerson(other)} has it on bridge ${bridge} already: leave "mac" ` +
      'out, and every attachment gets one of its own',
  );
}

// The records are read each time: another may have been written while this attachment waited for a lock.
function findOther(own: InterfaceName, matches: (record: AttachmentRecord) => boolean): AttachmentRecord | undefined {
  return readRecords().find((record) => nameOf(record.device) !== own && matches(record));
}

function nameForPerson({ sandbox, ifname, network }: AttachmentRecord): string {
  return `${sandbox} ("${ifname}" of network "${network}")`;
}

/** What only one attachment may have: a fixed MAC on its bridge (`mac-in-use`), a socket (`socket-path-unusable`). */
export function contestsOf({ config: { device }, plan }: PlannedTask, record: AttachmentRecord): readonly Contest[] {
  return kindOf(device)
    .exclusives(device, plan.device)
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
