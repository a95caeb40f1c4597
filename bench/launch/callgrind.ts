import type { Job } from './launcher.ts';

/** The same program under callgrind, which writes what it counted to `log`. */
export function callgrindJob(job: Job, log: string): Job {
  const callgrind = ['/usr/bin/valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null'] as const;
  return {
    ...job,
    argv: [...callgrind, `--log-file=${log}`, ...job.argv],
    // Go interrupts its own threads by signals, and callgrind 3.19 fails at them. No other program reads this variable.
    env: { ...job.env, GODEBUG: 'asyncpreemptoff=1' },
  };
}

/** How many instructions a log of callgrind says were executed in user space; throws with the log when it says nothing. */
export function collected(log: string): number {
  const count = /^==\d+== Collected : (\d+)/m.exec(log)?.[1];
  if (count === undefined) throw new Error(`callgrind has counted nothing: ${log}`);
  return Number(count);
}
