import type { ProgramOptions } from './system.ts';

let atStart: number | undefined;

/** Notes what the umask was before it was set; only the first counts. */
export function noteUmask(before: number): void {
  atStart ??= before;
}

/**
 * The umask that a program gets; undefined: as dan has it. A caller's may let everybody write, as runtimes have had by mistake:
 * then others could change what the program keeps.
 */
export function umaskOf({ callersUmask = false }: ProgramOptions): number | undefined {
  return callersUmask && atStart !== undefined ? atStart | 0o022 : undefined;
}
