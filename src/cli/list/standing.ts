import { sameJson } from '../../model/same-json.ts';
import type { InventoryItem } from '../../attach/inventory/join.ts';
import type { AttachmentRecord } from '../../attach/record.ts';
import { deviceFaults, linksOf, nameOf, portOf } from '../../kinds/kinds.ts';
import { type Problem, problemsOf } from '../doctor/state/problems.ts';

/**
 * How the parts of an attachment fit. `attached`: all are there, as they were made. `altered`: all are there, and
 * somebody changed one. `incomplete`: some are missing. `orphan`: nobody will need what is left. `changing`: an ADD or
 * DEL is at work. `unsure`: a place could not be read.
 */
export type State = 'altered' | 'attached' | 'changing' | 'incomplete' | 'orphan' | 'unsure';

/** A state with what it is due to, in a few words each. */
export interface Standing {
  readonly state: State;
  readonly parts: readonly string[];
}

/** What is so around an attachment. */
export interface Surroundings {
  /** Somebody holds the sandbox's lock. */
  readonly isBusy: boolean;
  /** The record's namespace of the pod is gone. */
  readonly podIsGone: boolean;
  /** The device node of a macvtap is gone. */
  readonly nodeIsGone: boolean;
  /** What of the inventory could not be read. */
  readonly faults: readonly string[];
}

/** The part of an orphan that proves that no pod needs it. */
export const podGone = "pod's namespace gone";

/** How the parts of an attachment fit. Pure. */
export function standingOf(item: InventoryItem, around: Surroundings): Standing {
  const standing = standingAtRest(item, around);
  return around.isBusy && standing.state !== 'attached' ? { state: 'changing', parts: standing.parts } : standing;
}

function standingAtRest(item: InventoryItem, around: Surroundings): Standing {
  const { record } = item;
  if (record === undefined) return { state: 'orphan', parts: ['record missing'] };
  const problems = problemsOf(item);
  const [unread, sure] = [
    problems.filter((problem) => isUnread(problem, around.faults)),
    problems.filter((problem) => !isUnread(problem, around.faults)),
  ];
  const missing = [
    ...sure.flatMap((problem) => missingParts(problem, record, around)),
    ...(around.nodeIsGone ? ['device node missing'] : []),
  ];
  if (record.entry === undefined) return { state: 'orphan', parts: ['ADD did not end', ...missing] };
  if (around.podIsGone) return { state: 'orphan', parts: [podGone, ...missing] };
  if (missing.length > 0) return { state: 'incomplete', parts: missing };
  if (unread.length > 0) return { state: 'unsure', parts: unread.map(({ kind }) => unreadPart(kind)) };
  const changes = changesOf(item, record);
  return { state: changes.length > 0 ? 'altered' : 'attached', parts: changes };
}

function missingParts(problem: Problem, record: AttachmentRecord, { podIsGone }: Surroundings): readonly string[] {
  switch (problem.kind) {
    case 'missing-links':
      return linksOf(record.device)
        .filter(({ name, in: where }) => problem.names.includes(name) && !(podIsGone && where === 'pod'))
        .map(({ name }) => `${kindOf(name, record)} missing`);
    case 'missing-port':
      return ['port missing'];
    case 'missing-entry':
      return ['entry missing'];
    case 'orphan-links':
    case 'orphan-entry':
    case 'orphan-port':
      return [];
    default:
      return problem satisfies never;
  }
}

function kindOf(name: string, { device }: AttachmentRecord): string {
  if (device.kind === 'tcfilter' && name !== nameOf(device)) return `veth ${name}`;
  return device.kind === 'macvtap' ? 'macvtap' : 'tap';
}

// Only a place that was read can be said to lack something.
function isUnread(problem: Problem, faults: readonly string[]): boolean {
  switch (problem.kind) {
    case 'missing-links':
      return faults.some((fault) => !/\.json\b|Open vSwitch|ovs-vsctl/.test(fault));
    case 'missing-port':
      return faults.some((fault) => fault.includes(problem.database));
    case 'missing-entry':
      return faults.some((fault) => fault.includes(problem.file));
    case 'orphan-links':
    case 'orphan-entry':
    case 'orphan-port':
      return false;
    default:
      return problem satisfies never;
  }
}

function unreadPart(kind: Problem['kind']): string {
  if (kind === 'missing-port') return 'the switch does not answer';
  return kind === 'missing-entry' ? 'the DAN file cannot be read' : 'links cannot be read';
}

function changesOf({ entry, links, port }: InventoryItem, record: AttachmentRecord): readonly string[] {
  const there = links.map(({ link }) => link);
  return [
    ...deviceFaults(record.device, there, undefined),
    ...(portOf(record.device) !== undefined && port?.error !== undefined ? [`port in error: ${port.error}`] : []),
    ...(sameJson(entry?.entry, record.entry) ? [] : ['entry edited']),
  ];
}
