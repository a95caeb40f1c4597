import type { Job } from './launcher.ts';

/** The same program under callgrind, which writes its counts to `log`. */
export function callgrindJob(job: Job, log: string): Job {
  const callgrind = ['/usr/bin/valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null'] as const;
  return {
    ...job,
    argv: [...callgrind, `--log-file=${log}`, ...job.argv],
    // Go's runtime interrupts its threads with signals, which callgrind 3.19 cannot handle. Other programs ignore this
    // variable.
    env: { ...job.env, GODEBUG: 'asyncpreemptoff=1' },
  };
}

/** The number of instructions in user space from a log of callgrind; throws with the log if it has none. */
export function collected(log: string): number {
  const count = /^==\d+== Collected : (\d+)/m.exec(log)?.[1];
  if (count === undefined) throw new Error(`callgrind has counted nothing: ${log}`);
  return Number(count);
}
