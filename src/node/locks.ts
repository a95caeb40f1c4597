import { namesIn, readIfThere, readText, statusAt } from '../host/files.ts';
import { processesThatOpened } from '../host/open-files.ts';
import { join } from '../model/path.ts';

/** A process that holds a lock. */
interface Holder {
  readonly pid: number;
  /** How long it has been running. */
  readonly seconds: number;
  /** Its CNI variables, if a runtime called it, and its command line. */
  readonly command: string;
}

/** A held lock. */
export interface HeldLock {
  readonly path: string;
  /** undefined if no holder can be seen. */
  readonly holder: Holder | undefined;
}

/** Finds the held locks of a directory, and who holds them. A process that only waits for a lock is not its holder. */
export function heldLocks(directory: string): readonly HeldLock[] {
  const holders = holdersByFile(readIfThere('/proc/locks') ?? '');
  return namesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    const there = statusAt(path);
    const pid = there === undefined ? undefined : holders.get(fileKey(there.dev, there.ino));
    return pid === undefined ? [] : [{ path, holder: lookAtProcess(pid) ?? eldestWith(path) }];
  });
}

/** The process of each flock(2) in /proc/locks, by device and inode of the locked file (proc_locks(5)). Pure. */
export function holdersByFile(table: string): ReadonlyMap<string, number> {
  const lines = table.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(
    lines.flatMap(([, kind, , , pid, file]) =>
      kind === 'FLOCK' && file !== undefined ? [[file, Number(pid)] as const] : [],
    ),
  );
}

// In the table's format: major and minor number in two or more hexadecimal digits.
function fileKey(device: number, inode: number): string {
  const [major, minor] = [(device >>> 8) & 0xfff, (device & 0xff) | ((device >>> 12) & 0xfff00)];
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':') + `:${inode}`;
}

// The process that took the lock may have ended, and its child holds the lock on. Processes that wait have the file
// open, too, but started later.
function eldestWith(path: string): Holder | undefined {
  const holders = processesThatOpened((target) => target === path)
    .map(lookAtProcess)
    .filter((holder) => holder !== undefined);
  return holders.sort((a, b) => b.seconds - a.seconds)[0];
}

/** Clock ticks a second in /proc (USER_HZ). */
const hertz = 100;

function lookAtProcess(pid: number): Holder | undefined {
  if (pid <= 0) return undefined;
  try {
    const read = (name: string): string => readText(`/proc/${pid}/${name}`);
    // The name in brackets may contain anything. The start time is the 20th field after it.
    const start =
      Number(
        read('stat')
          .replace(/^.*\) /s, '')
          .split(' ')[19],
      ) / hertz;
    const now = Number(readText('/proc/uptime').split(' ')[0]);
    const words = read('cmdline')
      .split('\0')
      .filter((word) => word !== '');
    const cniVariables = read('environ')
      .split('\0')
      .filter((one) => /^CNI_(?:COMMAND|CONTAINERID|IFNAME)=/.test(one));
    return { pid, seconds: Math.max(0, Math.round(now - start)), command: [...cniVariables, ...words].join(' ') };
  } catch {
    return undefined; // It has ended.
  }
}
