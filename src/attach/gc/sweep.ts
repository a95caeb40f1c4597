import { system } from '#system';
import { exists, statusAt } from '../../host/files.ts';
import { ifUnlocked } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { readOwn, writeWhole } from '../../host/own-files.ts';
import { isObject } from '../../json/object.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { messageOf } from '../../json/thrown.ts';
import { Interruption } from '../../protocol/interruption.ts';
import { lastingDirectory, lockDirectory, sweepPath } from '../directories.ts';
import { readRecord, recordedNames } from '../record.ts';
import { timeoutOf } from '../settings.ts';
import { sweepDeadWriters } from './dead-writers.ts';
import { needOf, removeOrphan } from './orphans.ts';

/** Seconds between two sweeps of the node. */
const pause = 120;

/** Records that one sweep looks at. */
const atOnce = 50;

/** Milliseconds that one sweep may take, including its IPAM plugins: a pod waits for it. */
const longestSweep = 1000;

/** The state that the last sweep wrote. */
interface Sweep {
  /** The last record that a sweep looked at. */
  readonly after: string;
  /** Number of orphans removed since the node started. */
  readonly removed: number;
}

/** Whether the last sweep was at least two minutes ago. Every ADD and DEL asks this. */
export function isSweepDue(): boolean {
  const last = statusAt(sweepPath)?.mtime;
  // A clock that is set back must not stop the sweeps for long.
  return last === undefined || Math.abs(Date.now() / 1000 - last) >= pause;
}

/**
 * Removes some orphans if a sweep is due. A runtime that was killed, or one whose DEL ends before it reaches dan, never
 * calls again for its attachments. Each sweep looks at a few records and continues after the last one. A failure is
 * logged, and does not fail the call that triggered the sweep.
 */
export async function sweep(request: Request, log: Log): Promise<void> {
  try {
    await ifUnlocked(lockDirectory, { kind: 'sweep', name: '' }, async () => {
      // Another call may have swept meanwhile.
      if (isSweepDue()) await sweepSome(request, log);
    });
  } catch (error) {
    log('warn', 'the sweep for orphans failed', { why: messageOf(error) });
  }
}

/** How many orphans were removed since the node started. */
export function removedSoFar(): number {
  return readSweep().removed;
}

/** Adds to the number of removed orphans. */
export function countRemoved(more: number): void {
  const { after, removed } = readSweep();
  writeSweep({ after, removed: removed + more });
}

async function sweepSome(request: Request, log: Log): Promise<void> {
  await sweepDeadWriters();
  if (exists(lastingDirectory)) await (await import('../function/lasting.ts')).recoverRecords();
  const { after, removed } = readSweep();
  const all = recordedNames();
  const next = [...all.filter((name) => name > after), ...all.filter((name) => name <= after)].slice(0, atOnce);
  // Written first: if this sweep is killed, the next call does not start it again, nor with the record at which it was
  // killed.
  writeSweep({ after: next.at(-1) ?? '', removed });
  const tooLong = new Interruption();
  const timer = system.startTimer(longestSweep, () => {
    tooLong.interrupt('the time for a sweep');
  });
  const site = { timeoutSeconds: timeoutOf(request.input.document) };
  let count = 0;
  try {
    for (const link of next) {
      if (tooLong.reason !== undefined || request.interrupted.reason !== undefined) break;
      try {
        const record = readRecord(link);
        if (typeof record === 'string' || (await needOf(link, record, site)) !== 'none') continue;
        if (await removeOrphan(link, record, { request, site, log }, tooLong)) count += 1;
      } catch (error) {
        log('warn', 'an orphan could not be removed: the next sweep tries again', { link, why: messageOf(error) });
      }
      writeSweep({ after: link, removed: removed + count });
    }
  } finally {
    timer.cancel();
  }
}

function readSweep(): Sweep {
  try {
    const there = readOwn(sweepPath);
    const value: unknown = there !== undefined && 'text' in there ? JSON.parse(there.text) : undefined;
    const { after, removed } = isObject(value) ? value : {};
    return { after: typeof after === 'string' ? after : '', removed: typeof removed === 'number' ? removed : 0 };
  } catch {
    return { after: '', removed: 0 };
  }
}

function writeSweep(sweep: Sweep): void {
  writeWhole(sweepPath, `${JSON.stringify(sweep)}\n`, { durable: false });
}
