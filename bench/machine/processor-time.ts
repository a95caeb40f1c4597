/** Processor time of all cores since the machine started, in ticks. */
export interface ProcessorTime {
  readonly all: number;
  /** Time in user space. The kernel's time is mostly spent for the measured programs. */
  readonly user: number;
  /** Time that the machine's own host gave to other machines. */
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

/** Reads /proc/self/stat: the user time of a process and of the children that it waited for, in the same ticks. */
export function parseOwnTime(stat: string): number {
  // The name may have any character. The third field follows it; utime is the 14th, cutime the 16th (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[13]);
}

/** The shares of the time between two readings that programs used, without `own` ticks, and that was stolen, 0 to 1. */
export function shares(
  before: ProcessorTime,
  after: ProcessorTime,
  own = 0,
): { readonly used: number; readonly stolen: number } {
  const all = Math.max(1, after.all - before.all);
  const stolen = (after.stolen - before.stolen) / all;
  return { used: Math.max(0, (after.user - before.user - own) / all), stolen };
}
