import type { Timer } from './system.ts';
import { errno, systemError } from './errno.ts';

/** POLLIN and POLLOUT of poll.h. */
export const readable = 1;
export const writable = 4;

/** A file that is waited for. */
interface Watch {
  readonly file: number;
  readonly events: number;
  /** Whether there is something to wait for as long as this is watched. */
  readonly keeps: boolean;
  readonly onReady: () => void;
}

interface Due {
  readonly at: number;
  readonly work: () => void;
}

/** What is waited for, in this process. */
const timers = new Set<Due>();
const watches = new Set<Watch>();
let uncaught: ((error: unknown) => void) | undefined;
/** Whoever was to be told of an error failed as well, or was not there: the host says so in its own words. */
let isBroken = false;

/** Calls `onReady` each time when a file is ready for one of the events. Returns what ends that. */
export function watch(file: number, events: number, onReady: () => void, keeps = true): () => void {
  const entry = { file, events, keeps, onReady };
  watches.add(entry);
  return () => {
    watches.delete(entry);
  };
}

/** Does work after so many milliseconds. */
export function startTimer(milliseconds: number, work: () => void): Timer {
  const due = { at: native.clock_gettime() + milliseconds, work };
  timers.add(due);
  return {
    cancel: () => {
      timers.delete(due);
    },
  };
}

/** Who is told of what nobody caught, a rejection as well. */
export function onUncaught(listener: (error: unknown) => void): void {
  uncaught = listener;
}

/** Tells of an error that nobody caught. Of a second one there is nobody to tell: without memory, each work may fail. */
export function tellUncaught(error: unknown): void {
  const tell = uncaught;
  uncaught = undefined;
  if (tell === undefined) isBroken = true;
  else tell(error);
}

/**
 * One turn of the loop: does what is due, or waits for it. The host calls it again and again, and lets promises go on in
 * between. False: it cannot go on, and nobody can be told why.
 */
export function turn(): boolean {
  try {
    step();
  } catch (error) {
    tellUncaught(error);
  }
  return !isBroken;
}

// Files come before timers: a signal is heard even by work that only lets others have their turn.
function step(): void {
  const next = earliest();
  const waited = [...watches];
  if (next === undefined && !waited.some(({ keeps }) => keeps)) {
    // Whatever the program awaits now never comes: a bug, and not to end without a word.
    throw new Error('nothing is left to wait for, and dan has not ended');
  }
  const left = next === undefined ? -1 : Math.max(0, Math.ceil(next.at - native.clock_gettime()));
  if (waited.length > 0 || left !== 0) tellReady(waited, left);
  if (next !== undefined && next.at <= native.clock_gettime() && timers.delete(next)) next.work();
}

function tellReady(waited: readonly Watch[], milliseconds: number): void {
  const files = waited.map(({ file }) => file);
  const events = waited.map((one) => one.events);
  const came = native.poll(files, events, milliseconds);
  if (typeof came !== 'number') {
    waited.forEach((one, at) => {
      if (came[at] !== 0 && watches.has(one)) ready(one);
    });
  } else if (came !== -errno.EINTR) {
    throw systemError(-came, 'poll');
  }
}

// What fails once would fail again and again.
function ready(one: Watch): void {
  try {
    one.onReady();
  } catch (error) {
    watches.delete(one);
    throw error;
  }
}

function earliest(): Due | undefined {
  let first: Due | undefined;
  for (const due of timers) if (first === undefined || due.at < first.at) first = due;
  return first;
}
