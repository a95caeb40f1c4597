import { sameJson } from '../../json/same.ts';
import { lockDirectory } from '../../attach/directories.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { readInventory } from './inventory.ts';
import type { InventoryItem } from './join.ts';
import type { PlaceFault } from '../../attach/sightings/seen.ts';
import type { AttachmentRecord } from '../../attach/record.ts';
import { filesOf } from '../../kinds/kinds.ts';
import { lookAtFile } from '../../host/own-files.ts';
import { lockName } from '../../host/lock.ts';
import { lookAtNetns } from '../../host/netns.ts';
import { type CniFacts, lookAtCni } from '../cni/facts.ts';
import { databasesOf } from '../ovs-databases.ts';
import { type HeldLock, heldLocks } from '../locks.ts';
import { type Standing, standingOf } from './standing.ts';

/** An attachment, and whether its parts fit together. */
export interface Attachment {
  readonly item: InventoryItem;
  readonly standing: Standing;
}

/** All attachments of the node. */
export interface Attachments {
  readonly attachments: readonly Attachment[];
  /** What could not be read. */
  readonly faults: readonly PlaceFault[];
  /** The locks that were held before or after the places were read. */
  readonly locks: readonly HeldLock[];
  readonly cni: CniFacts;
}

/** Seconds that one program may take. */
export const timeoutSeconds = 10;

/**
 * Looks at all attachments of this node. `known` is what is already known about its networks. Takes no lock. Never
 * throws for a place that cannot be read.
 */
export async function lookAtAttachments(known?: CniFacts): Promise<Attachments> {
  const cni = known ?? (await lookAtCni({ root: '/' }));
  const first = settledOrStandings(await lookOnce(cni));
  if ('attachments' in first) return { ...first, cni };
  const second = await lookOnce(cni);
  return { ...second, attachments: lasting(first, second.attachments), cni };
}

/** The states of attachments by their derived names. */
type Standings = ReadonlyMap<InterfaceName, Standing>;

// Thousands of attachments need much memory, so only their states are kept for the comparison.
function settledOrStandings(seen: Seen): Seen | Standings {
  return seen.attachments.every(({ standing }) => isSettled(standing)) ? seen : standingsOf(seen.attachments);
}

/** What {@link lasting} keeps of a reading. */
export function standingsOf(attachments: readonly Attachment[]): Standings {
  return new Map(attachments.map(({ item, standing }) => [item.link, standing]));
}

/**
 * Compares a reading with the states of an earlier one. An attachment that is being made or removed is seen only in
 * part, so a state counts only if both readings agree, and otherwise becomes `changing`. Pure.
 */
export function lasting(before: Standings, second: readonly Attachment[]): readonly Attachment[] {
  return second.map(({ item, standing }) => {
    const isSure = isSettled(standing) || isSame(before.get(item.link), standing);
    return { item, standing: isSure ? standing : { state: 'changing', parts: standing.parts } };
  });
}

function isSame(before: Standing | undefined, now: Standing): boolean {
  return before === now || sameJson(before, now);
}

/** The lock of a sandbox, if it is held. */
export function lockOf(sandbox: string, locks: readonly HeldLock[]): HeldLock | undefined {
  if (locks.length === 0) return undefined;
  const path = `${lockDirectory}/${lockName({ kind: 'sandbox', name: sandbox })}`;
  return locks.find((lock) => lock.path === path);
}

/** Whether nothing of an attachment is left over, as far as is known while an ADD or DEL is at work. */
export function isSettled({ state }: Standing): boolean {
  return state === 'attached' || state === 'changing';
}

/** One reading. */
type Seen = Omit<Attachments, 'cni'>;

async function lookOnce({ networks }: CniFacts): Promise<Seen> {
  const before = heldLocks(lockDirectory);
  const danConfs = networks.map(({ config, danConf }) => config?.danConf ?? danConf);
  const { items, faults } = await readInventory({ danConfs, databases: databasesOf(networks) }, { timeoutSeconds });
  const both = [...before, ...heldLocks(lockDirectory)];
  const locks = [...new Map(both.map((lock) => [lock.path, lock])).values()];
  const attachments = items.map((item): Attachment => {
    const { record, identity } = item;
    const around = {
      isBusy: lockOf(identity.sandbox, locks) !== undefined,
      // A sandbox that CNI does not manage has no namespace to lose.
      podIsGone: record !== undefined && record.netns !== '' && isGone(record.netns),
      nodeIsGone: record !== undefined && nodeIsGone(record),
      faults,
    };
    return { item, standing: standingOf(item, around) };
  });
  return { attachments, faults, locks };
}

function isGone(netns: string): boolean {
  try {
    return ['missing', 'no-namespace'].includes(lookAtNetns(netns));
  } catch {
    return false; // It exists, but cannot be opened.
  }
}

// Only device nodes count. A virtual machine's socket comes and goes with it.
function nodeIsGone({ device }: AttachmentRecord): boolean {
  return filesOf(device).some(({ kind, path }) => {
    try {
      return kind === 'device-node' && lookAtFile(path) === 'missing';
    } catch {
      return false;
    }
  });
}
