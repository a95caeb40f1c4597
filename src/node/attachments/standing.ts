import { sameJson } from '../../json/same.ts';
import type { InventoryItem } from './join.ts';
import type { PlaceFault } from '../../attach/sightings/seen.ts';
import type { AttachmentRecord } from '../../attach/record.ts';
import { deviceFaults, linksOf, portOf, recordedKindOf } from '../../kinds/kinds.ts';
import { isUnsure, type Problem, problemsOf } from './problems.ts';

/**
 * Whether the parts of an attachment fit together. `attached`: all exist, as they were made. `altered`: all exist, and
 * someone changed one. `incomplete`: some are missing, or the pod has a link that the guest does not have. `orphan`:
 * nobody needs what is left. `changing`: an ADD or DEL is at work. `unsure`: a place could not be read.
 */
export type State = 'altered' | 'attached' | 'changing' | 'incomplete' | 'orphan' | 'unsure';

/** A reason for a state. */
export type Part =
  | { readonly is: 'record-missing' }
  /** ADD did not write the entry, which is its last step. */
  | { readonly is: 'add-unfinished' }
  /** Nobody needs what is left, because the pod's namespace is gone. */
  | { readonly is: 'pod-gone' }
  /** `link` is the kind's name for it, such as `tap`. */
  | { readonly is: 'link-missing'; readonly link: string }
  /** A link of the pod's namespace that is not in the file, so the guest does not have it. */
  | { readonly is: 'link-hidden'; readonly link: InventoryItem['hidden'][number] }
  | { readonly is: 'port-missing' }
  | { readonly is: 'entry-missing' }
  | { readonly is: 'node-missing' }
  /** The place where it would be could not be read. */
  | { readonly is: 'unread'; readonly place: 'entry' | 'links' | 'port' }
  /** Someone changed a link, in the words of CHECK. */
  | { readonly is: 'link-changed'; readonly how: string }
  | { readonly is: 'port-failed'; readonly error: string }
  | { readonly is: 'entry-edited' };

/** A state and the reasons for it. */
export interface Standing {
  readonly state: State;
  readonly parts: readonly Part[];
}

/** The circumstances of an attachment. */
export interface Context {
  /** A process holds the sandbox's lock. */
  readonly isBusy: boolean;
  /** The pod's namespace that the record names is gone. */
  readonly podIsGone: boolean;
  /** The device node of a macvtap is gone. */
  readonly nodeIsGone: boolean;
  /** The places of the inventory that could not be read. */
  readonly faults: readonly PlaceFault[];
}

/** Whether the parts of an attachment fit together. Pure. */
export function standingOf(item: InventoryItem, around: Context): Standing {
  const standing = standingAtRest(item, around);
  return around.isBusy && standing.state !== 'attached' ? { state: 'changing', parts: standing.parts } : standing;
}

/** Of what has no record. It is one object, since there may be thousands. */
const withoutRecord: Standing = { state: 'orphan', parts: [{ is: 'record-missing' }] };

function standingAtRest(item: InventoryItem, around: Context): Standing {
  const { record } = item;
  if (record === undefined) return withoutRecord;
  const problems = problemsOf(item);
  const [unread, sure] = [
    problems.filter((problem) => isUnsure(problem, around.faults)),
    problems.filter((problem) => !isUnsure(problem, around.faults)),
  ];
  const missing: readonly Part[] = [
    ...sure.flatMap((problem) => missingParts(problem, record, around)),
    ...(around.nodeIsGone ? [{ is: 'node-missing' } as const] : []),
  ];
  if (record.entry === undefined) return { state: 'orphan', parts: [{ is: 'add-unfinished' }, ...missing] };
  if (around.podIsGone) return { state: 'orphan', parts: [{ is: 'pod-gone' }, ...missing] };
  if (missing.length > 0) return { state: 'incomplete', parts: missing };
  if (unread.length > 0) return { state: 'unsure', parts: unread.map(unreadPart) };
  const changes = changesOf(item, record);
  return { state: changes.length > 0 ? 'altered' : 'attached', parts: changes };
}

function missingParts(problem: Problem, record: AttachmentRecord, { podIsGone }: Context): readonly Part[] {
  switch (problem.kind) {
    case 'missing-links':
      return linksOf(record.device)
        .filter(({ name, in: where }) => problem.names.includes(name) && !(podIsGone && where === 'pod'))
        .map(({ name }) => ({ is: 'link-missing', link: recordedKindOf(record.device).label(record.device, name) }));
    case 'missing-port':
      return [{ is: 'port-missing' }];
    case 'missing-entry':
      return [{ is: 'entry-missing' }];
    case 'hidden-links':
      return problem.links.map((link) => ({ is: 'link-hidden', link }));
    case 'orphan-links':
    case 'orphan-entry':
    case 'orphan-port':
      return [];
    default:
      return problem satisfies never;
  }
}

function unreadPart({ kind }: Problem): Part {
  if (kind === 'missing-port') return { is: 'unread', place: 'port' };
  return { is: 'unread', place: kind === 'missing-entry' ? 'entry' : 'links' };
}

function changesOf({ entry, links, port }: InventoryItem, record: AttachmentRecord): readonly Part[] {
  const there = links.map(({ link }) => link);
  const hasPort = portOf(record.device) !== undefined;
  return [
    ...deviceFaults(record.device, there, undefined).map((how): Part => ({ is: 'link-changed', how })),
    ...(hasPort && port?.error !== undefined ? [{ is: 'port-failed', error: port.error } as const] : []),
    ...(sameJson(entry?.entry, record.entry) ? [] : [{ is: 'entry-edited' } as const]),
  ];
}
