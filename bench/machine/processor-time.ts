/** Processor time since the machine started, in ticks, of all cores together. */
export interface ProcessorTime {
  readonly all: number;
  readonly idle: number;
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
  return { all: user + nice + system + idle + waiting + irq + softirq + stolen, idle: idle + waiting, stolen };
}

/** Reads /proc/self/stat: what a process and the children that it waited for have used, in the same ticks. */
export function parseOwnTime(stat: string): number {
  // What follows the name, which may have any character, begins with the third field; utime is the 14th (proc_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** Which part of the time between two readings was used, and which stolen, from 0 to 1. `own` ticks do not count. */
export function shares(
  before: ProcessorTime,
  after: ProcessorTime,
  own = 0,
): { readonly used: number; readonly stolen: number } {
  const all = Math.max(1, after.all - before.all);
  const stolen = (after.stolen - before.stolen) / all;
  return { used: Math.max(0, 1 - (after.idle - before.idle + own) / all - stolen), stolen };
}
