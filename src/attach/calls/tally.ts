/** The commands whose calls are counted. VERSION is a probe that has no effect on the node. */
export const countedCommands = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'] as const;

/** One of {@link countedCommands}. */
export type CountedCommand = (typeof countedCommands)[number];

/** Upper ends, in milliseconds, of the buckets for the duration of calls. One more bucket takes the longer ones. */
export const bucketEnds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

/** Calls of one command with the same result. */
export interface CallTally {
  readonly command: CountedCommand;
  /** `success`, or the name of the error. */
  readonly result: string;
  /** When the last of them ended, in whole seconds since 1970. */
  readonly last: number;
  /** Their total duration in whole microseconds. */
  readonly microseconds: number;
  /** The number of calls in each bucket. */
  readonly counts: readonly number[];
}

/** What is known of one call when it ends. */
export interface EndedCall {
  readonly command: CountedCommand;
  readonly result: string;
  readonly milliseconds: number;
}

/** Characters of a time in seconds since 1970, with the blank behind it: valid until the year 2286. */
const timeLength = 11;

/** The line of one call: a tally without counts. `at` is in seconds since 1970. Pure. */
export function callLine({ command, result, milliseconds }: EndedCall, at: number): string {
  return `${Math.floor(at)} ${command} ${result} ${Math.round(milliseconds * 1000)}\n`;
}

/** The lines for tallies, which {@link tallyOf} reads back as the same tallies. Pure. */
export function tallyText(tallies: readonly CallTally[]): string {
  return tallies
    .map(({ command, result, last, microseconds, counts }) => {
      return `${last} ${command} ${result} ${microseconds} ${counts.join(' ')}\n`;
    })
    .join('');
}

/** Sums up lines of calls and of tallies. Ignores all others, such as a line that a full disk cut short. Pure. */
export function tallyOf(text: string): readonly CallTally[] {
  const tallies = new Map<string, Sums>();
  for (const line of text.split('\n')) {
    // Fast path: a call sums up a thousand lines, and most of them repeat a command and result that were parsed before.
    const end = line.lastIndexOf(' ');
    const like = tallies.get(line.slice(timeLength, end));
    if (like === undefined) addTo(tallies, line);
    else addCall(like, line.slice(0, timeLength - 1), line.slice(end + 1));
  }
  return [...tallies.values()];
}

interface Sums {
  readonly command: CountedCommand;
  readonly result: string;
  last: number;
  microseconds: number;
  readonly counts: number[];
}

function addCall(sums: Sums, time: string, microseconds: string): void {
  const [at, length] = [countIn(time), countIn(microseconds)];
  if (at === undefined || length === undefined) return;
  const bucket = bucketOf(length / 1000);
  sums.counts[bucket] = (sums.counts[bucket] ?? 0) + 1;
  sums.microseconds += length;
  if (at > sums.last) sums.last = at;
}

function addTo(tallies: Map<string, Sums>, line: string): void {
  const [time = '', command = '', result = '', microseconds = '', ...counts] = line.split(' ');
  const numbers = counts.map(countIn).filter((count) => count !== undefined);
  const isCall = counts.length === 0;
  const isTally = counts.length === bucketEnds.length + 1 && numbers.length === counts.length;
  if (!isCounted(command) || !/^[a-z][a-z0-9-]*$/.test(result) || time.length !== timeLength - 1) return;
  const [at, length] = [countIn(time), countIn(microseconds)];
  if (at === undefined || length === undefined || !(isCall || isTally)) return;
  const key = `${command} ${result}`;
  const sums = tallies.get(key) ?? { command, result, last: 0, microseconds: 0, counts: noCounts() };
  tallies.set(key, sums);
  if (isCall) {
    addCall(sums, time, microseconds);
    return;
  }
  sums.last = Math.max(sums.last, at);
  sums.microseconds += length;
  for (const [bucket, count] of numbers.entries()) sums.counts[bucket] = (sums.counts[bucket] ?? 0) + count;
}

function noCounts(): number[] {
  return Array<number>(bucketEnds.length + 1).fill(0);
}

function countIn(digits: string): number | undefined {
  const number = Number(digits);
  return digits !== '' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function isCounted(command: string): command is CountedCommand {
  return countedCommands.some((one) => one === command);
}

// A bucket includes its upper end, like `le` of Prometheus.
function bucketOf(milliseconds: number): number {
  const at = bucketEnds.findIndex((end) => milliseconds <= end);
  return at < 0 ? bucketEnds.length : at;
}
