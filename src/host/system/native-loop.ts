import type { Timer } from './system.ts';
import { errno, systemError } from './errno.ts';

/** POLLIN and POLLOUT of poll.h. */
export const readable = 1;
export const writable = 4;

/** A watched file. */
interface Watch {
  readonly file: number;
  readonly events: number;
  /** Whether the loop may wait if only this is left. */
  readonly keeps: boolean;
  readonly onReady: () => void;
}

interface Due {
  readonly at: number;
  readonly work: () => void;
}

/** Everything that this process waits for. */
const timers = new Set<Due>();
const watches = new Set<Watch>();
let uncaught: ((error: unknown) => void) | undefined;
/** Set if the listener for uncaught errors is missing or failed itself. The host then reports that in its own words. */
let isBroken = false;

/** Calls `onReady` each time a file is ready for one of the events. Returns a function that stops this. */
export function watch(file: number, events: number, onReady: () => void, keeps = true): () => void {
  const entry = { file, events, keeps, onReady };
  watches.add(entry);
  return () => {
    watches.delete(entry);
  };
}

/** Does work after the given milliseconds. */
export function startTimer(milliseconds: number, work: () => void): Timer {
  const due = { at: native.clock_gettime() + milliseconds, work };
  timers.add(due);
  return {
    cancel: () => {
      timers.delete(due);
    },
  };
}

/** Sets the listener for uncaught errors and unhandled rejections. */
export function onUncaught(listener: (error: unknown) => void): void {
  uncaught = listener;
}

/** Reports an uncaught error to the listener, once only: after a second one (no memory, say), all work may fail. */
export function tellUncaught(error: unknown): void {
  const tell = uncaught;
  uncaught = undefined;
  if (tell === undefined) isBroken = true;
  else tell(error);
}

/**
 * One turn of the loop: does what is due, or waits for it. The host calls it repeatedly, and runs pending promises in
 * between. Returns false if it cannot continue and cannot report why.
 */
export function turn(): boolean {
  try {
    step();
  } catch (error) {
    tellUncaught(error);
  }
  return !isBroken;
}

// Files come before timers, so that a signal is heard even by work that merely yields.
function step(): void {
  const next = earliest();
  const waited = [...watches];
  if (next === undefined && !waited.some(({ keeps }) => keeps)) {
    // What the program awaits can never come. That is a bug, and must not end silently.
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

// What failed once would fail repeatedly, so it is no longer watched.
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
