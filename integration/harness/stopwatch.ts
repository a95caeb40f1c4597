import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks. */
const step = 100;

/**
 * Does work with processes of a host, and says how many seconds it took them. Left out is the time in which one of them cannot
 * be woken (state D): then the kernel itself works or waits, as for the lock of all network settings, which the removal of
 * other namespaces on this machine may hold for many seconds. A program that hangs waits in another way. `proc` is the host's
 * /proc, as it is seen outside.
 */
export async function timed<T>(proc: string, work: Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  let blocked = 0;
  const timer = setInterval(() => {
    if (hasBlocked(proc)) blocked += step;
  }, step);
  try {
    const result = await work;
    return [result, Math.max(0, performance.now() - start - blocked) / 1000];
  } finally {
    clearInterval(timer);
  }
}

function hasBlocked(proc: string): boolean {
  return readdirSync(proc).some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`${proc}/${name}/stat`, 'utf8').includes(') D ');
    } catch {
      // It has ended.
      return false;
    }
  });
}
