/** The commands whose calls are counted. VERSION is a probe, which says nothing of the node. */
export const countedCommands = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'] as const;

/** One of {@link countedCommands}. */
export type CountedCommand = (typeof countedCommands)[number];

/** Milliseconds: the upper ends of the buckets into which calls are counted by how long they took. There is one more, beyond. */
export const bucketEnds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

/** Calls of one command that ended alike. */
export interface CallTally {
  readonly command: CountedCommand;
  /** `success`, or the name of the error. */
  readonly result: string;
  /** When the last of them ended: whole seconds since 1970. */
  readonly last: number;
  /** Whole microseconds that they took together. */
  readonly microseconds: number;
  /** How many they are, by bucket. */
  readonly counts: readonly number[];
}

/** What is known of one call when it ends. */
export interface EndedCall {
  readonly command: CountedCommand;
  readonly result: string;
  readonly milliseconds: number;
}

/** Characters of a time in seconds since 1970, with the blank behind it: until the year 2286. */
const timeLength = 11;

/** The line of one call: a tally without counts. `at` is in seconds since 1970. Pure. */
export function callLine({ command, result, milliseconds }: EndedCall, at: number): string {
  return `${Math.floor(at)} ${command} ${result} ${Math.round(milliseconds * 1000)}\n`;
}

/** Lines of tallies, from which {@link tallyOf} reads the same tallies. Pure. */
export function tallyText(tallies: readonly CallTally[]): string {
  return tallies
    .map(({ command, result, last, microseconds, counts }) => {
      return `${last} ${command} ${result} ${microseconds} ${counts.join(' ')}\n`;
    })
    .join('');
}

/** Sums up lines of calls and of tallies. A line that is neither, as a writer leaves it that found no room, is none. Pure. */
export function tallyOf(text: string): readonly CallTally[] {
  const tallies = new Map<string, Sums>();
  for (const line of text.split('\n')) {
    // A call sums up a thousand lines: most are like one that was there, and are looked at no closer than it takes.
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

// A bucket has what is as long as its end, too: `le` of Prometheus.
function bucketOf(milliseconds: number): number {
  const at = bucketEnds.findIndex((end) => milliseconds <= end);
  return at < 0 ? bucketEnds.length : at;
}
