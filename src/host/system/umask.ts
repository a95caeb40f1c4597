import type { ProgramOptions } from './system.ts';

let atStart: number | undefined;

/** Remembers the umask before it was set. Only the first call counts. */
export function noteUmask(before: number): void {
  atStart ??= before;
}

/**
 * The umask that a program gets; undefined for dan's own. The caller's umask may let everyone write, which some
 * runtimes have set by mistake. Others could then change the program's files.
 */
export function umaskOf({ callersUmask = false }: ProgramOptions): number | undefined {
  return callersUmask && atStart !== undefined ? atStart | 0o022 : undefined;
}
