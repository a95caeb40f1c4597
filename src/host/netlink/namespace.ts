import { utf8 } from '#bytes';
import { system } from '#system';
import { errorText } from '../system/errno.ts';
import * as kernel from '../system/native-kernel.ts';
import { accepted } from './refusal.ts';

/** CLONE_NEWNET of linux/sched.h. */
const network = 0x4000_0000;

/**
 * Does work with the thread in the network namespace of an open file, and comes back. Nothing may be awaited in it: what
 * else runs meanwhile would run there. Throws {@link Refusal} where the namespace cannot be entered.
 */
export function inNamespace<T>(namespace: number, work: () => T): T {
  const own = system.open('/proc/thread-self/ns/net', 'r');
  try {
    accepted(kernel.setns(namespace, network));
    try {
      return work();
    } finally {
      comeBack(own);
    }
  } finally {
    system.close(own);
  }
}

// Everything after it would be done to the wrong namespace, taking back above all: better it ends as if it were killed,
// which a DEL mends.
function comeBack(own: number): void {
  let answer = 0;
  for (let attempts = 3; attempts > 0; attempts -= 1) {
    answer = kernel.setns(own, network);
    if (answer === 0) return;
  }
  try {
    system.write(2, utf8(`dan cannot leave the pod's network namespace (${errorText(-answer)}), and ends here\n`));
  } finally {
    // Also where nobody reads what it writes.
    system.kill(system.getpid(), 'SIGKILL');
  }
}
