import { closeSync, openSync, writeSync } from 'node:fs';
import type { Libc } from '../libc.ts';
import { Refusal } from './refusal.ts';

/** CLONE_NEWNET of linux/sched.h. */
const network = 0x4000_0000;

/**
 * Does work with the thread in the network namespace of an open file, and comes back. Nothing may be awaited in it: what
 * else runs meanwhile would run there. Throws {@link Refusal} where the namespace cannot be entered.
 */
export function inNamespace<T>(libc: Libc, namespace: number, work: () => T): T {
  const own = openSync('/proc/thread-self/ns/net', 'r');
  try {
    if (libc.setns(namespace, network) !== 0) throw new Refusal(libc, libc.errno());
    try {
      return work();
    } finally {
      comeBack(libc, own);
    }
  } finally {
    closeSync(own);
  }
}

// Everything after it would be done to the wrong namespace, taking back above all: better it ends as if it were killed,
// which a DEL mends.
function comeBack(libc: Libc, own: number): void {
  for (let attempts = 3; attempts > 0; attempts -= 1) if (libc.setns(own, network) === 0) return;
  writeSync(2, `dan cannot leave the pod's network namespace (${libc.strerror(libc.errno())}), and ends here\n`);
  process.kill(process.pid, 'SIGKILL');
}
