import { bridgeOf, nameOf, socketOf } from '../../kinds/kinds.ts';
import type { Exclusive } from '../../kinds/device.ts';
import { podRoutes } from '../../kinds/pod-routes.ts';
import { type LockKey, withLock } from '../../host/lock.ts';
import { danError } from '../../model/error.ts';
import type { Identity } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { lockDirectory } from '../directories.ts';
import { type AttachmentRecord, type PodName, readRecords, removeRecord, writeRecord } from '../record.ts';
import type { Taken } from '../take-over.ts';
import type { PlannedTask } from './task.ts';
import { cardId } from '../../hotplug/recorded.ts';
import type { Undo } from '../attempts.ts';
import type { Request } from '../../protocol/dispatch.ts';

/** How only one attachment gets something: a lock, and a check under it that throws if another one has it already. */
export interface Contest {
  readonly lock: LockKey;
  readonly refuse: () => void;
}

function podOf({ environment: { args } }: Request): PodName | undefined {
  const name = args.get('K8S_POD_NAME');
  return name === undefined ? undefined : { namespace: args.get('K8S_POD_NAMESPACE') ?? '', name };
}

function argsOf({ variables }: Request): string | undefined {
  const { CNI_ARGS: args = '' } = variables;
  return args === '' ? undefined : args;
}

/** The record of a planned attachment. `taken` is what its device takes over from a link in the pod. */
export function recordOf(
  { request, config, identity, danConf, netnsInode, plan, view, guest, names }: PlannedTask,
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
    netnsInode,
    pod: podOf(request),
    ipam: config.ipamType === undefined ? undefined : { type: config.ipamType, document, args: argsOf(request) },
    taken,
    plugged: guest && { sandbox: guest.sandbox, door: guest.door, id: cardId(names) },
    podRoutes: plan.source === undefined ? undefined : podRoutes(plan.source.name, view.pod),
  };
}

/**
 * Writes the record; from then on, a DEL knows what to remove. Replicas with one configuration start at the same
 * moment, so this holds the lock of every exclusive resource meanwhile and takes the locks in the given order. Throws
 * what the checks of the contests throw.
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

/** The current records of all attachments except the one with this derived name. */
export function recordsOfOthers(own: InterfaceName): readonly AttachmentRecord[] {
  return readRecords().filter(({ device }) => nameOf(device) !== own);
}

/** How messages name an attachment. */
export function ownerText({ sandbox, ifname, network }: Identity): string {
  return `sandbox ${sandbox} ("${ifname}" of network "${network}")`;
}

/** Refuses a socket of another attachment than the one with this derived name. Throws `socket-path-unusable`. */
export function refuseSocketOfAnother(path: string, own: InterfaceName): void {
  const other = recordsOfOthers(own).find(({ device }) => socketOf(device) === path);
  if (other === undefined) return;
  throw danError(
    'socket-path-unusable',
    `the vhost-user socket ${path} is that of ${ownerText(other)}, and a socket serves one sandbox: name another path, or ` +
      'leave "socketPath" out of a network configuration, and every attachment gets one of its own',
  );
}

// Reads the records again: another attachment may have written one while this attachment waited for the lock.
function refuseMacInUse({ guestMac, device }: AttachmentRecord, bridge: string): void {
  const other = recordsOfOthers(nameOf(device)).find(
    (record) => record.guestMac === guestMac && bridgeOf(record.device) === bridge,
  );
  if (other === undefined) return;
  throw danError(
    'mac-in-use',
    `the MAC ${guestMac} is fixed, and ${ownerText(other)} has it on bridge ${bridge} already: leave "mac" out, and each ` +
      'attachment gets its own MAC',
  );
}

/** What only one attachment may have: a fixed MAC on its bridge (`mac-in-use`), a socket (`socket-path-unusable`). */
export function contestsOf(exclusives: readonly Exclusive[], record: AttachmentRecord): readonly Contest[] {
  return exclusives.map((exclusive) => contestOf(exclusive, record));
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
