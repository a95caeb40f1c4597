import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two checks. */
const step = 100;

/**
 * Waits for the work of a host's processes, and returns how many seconds it took. Two kinds of time are not counted, in
 * which a process cannot continue whatever it does. In the first, a process is in an uninterruptible sleep (state D):
 * the kernel works or waits, for instance for the lock of all network settings, which the removal of other namespaces
 * on this machine may hold for many seconds. In the second, it is runnable, but the machine's processors run others. A
 * program that hangs or loops is in neither state. `proc` is the host's /proc, as seen from outside.
 */
export async function timed<T>(proc: string, work: Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const queued = new Queued(proc);
  let blocked = 0;
  let last = start;
  const timer = setInterval(() => {
    const now = performance.now();
    if (hasBlocked(proc)) blocked += now - last;
    last = now;
    queued.look();
  }, step);
  try {
    const result = await work;
    queued.look();
    return [result, Math.max(0, performance.now() - start - blocked - queued.milliseconds()) / 1000];
  } finally {
    clearInterval(timer);
  }
}

/** How long a host's processes, and this one, have waited for a processor since construction (schedstat, proc(5)). */
class Queued {
  readonly #proc: string;
  readonly #before: ReadonlyMap<string, number>;
  readonly #now: Map<string, number>;

  constructor(proc: string) {
    this.#proc = proc;
    this.#now = new Map();
    this.look();
    this.#before = new Map(this.#now);
  }

  look(): void {
    for (const process of ['/proc/self', ...processes(this.#proc)]) {
      const [, waited] = read(`${process}/schedstat`)?.split(' ') ?? [];
      if (waited !== undefined) this.#now.set(process, Number(waited));
    }
  }

  milliseconds(): number {
    let sum = 0;
    for (const [process, waited] of this.#now) sum += waited - (this.#before.get(process) ?? 0);
    return sum / 1e6;
  }
}

function hasBlocked(proc: string): boolean {
  return processes(proc).some((process) => read(`${process}/stat`)?.includes(') D ') ?? false);
}

function processes(proc: string): readonly string[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => `${proc}/${name}`);
}

/** A file of /proc; undefined if its process has ended. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
