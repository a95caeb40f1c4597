/** Processor time since the machine started, in ticks, of all cores together. */
export interface ProcessorTime {
  readonly all: number;
  /** What programs computed themselves. What the kernel does is for the most part done for those that are measured. */
  readonly user: number;
  /** What the machine's own host gave to others. */
  readonly stolen: number;
}

/** Reads the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)). */
export function parseProcessorTime(stat: string): ProcessorTime {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, stolen = 0] = (
    stat.split('\n', 1)[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { all: user + nice + system + idle + waiting + irq + softirq + stolen, user: user + nice, stolen };
}

/** Reads /proc/self/stat: what a process and the children that it waited for have computed, in the same ticks. */
export function parseOwnTime(stat: string): number {
  // What follows the name, which may have any character, begins with the third field; utime is the 14th, cutime the 16th
  // (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[13]);
}

/** Which part of the time between two readings programs used, but for `own` ticks, and which was stolen, from 0 to 1. */
export function shares(
  before: ProcessorTime,
  after: ProcessorTime,
  own = 0,
): { readonly used: number; readonly stolen: number } {
  const all = Math.max(1, after.all - before.all);
  const stolen = (after.stolen - before.stolen) / all;
  return { used: Math.max(0, (after.user - before.user - own) / all), stolen };
}
