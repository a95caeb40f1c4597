import numbers from './errno.json' with { type: 'json' };
import type { SystemError } from './system.ts';

/**
 * The error numbers that Linux returns for files, processes, sockets, links and file systems (asm-generic/errno-base.h
 * and errno.h), the same on x86-64 and AArch64, with their names and the texts of the GNU C library's strerror(3).
 * dan's texts do not depend on the C library that it is linked with.
 */
const errors = numbers as unknown as Readonly<Record<number, readonly [name: string, text: string]>>;

/** The name of an error number. */
export function errorName(number: number): string {
  return errors[number]?.[0] ?? `E${number}`;
}

/** The names of the errors whose texts a program's output contains. */
export function errorsIn(said: string): readonly string[] {
  return Object.values(errors).flatMap(([name, text]) => (said.includes(text) ? [name] : []));
}

/** The text of an error number. */
export function errorText(number: number): string {
  return errors[number]?.[1] ?? `Unknown error ${number}`;
}

/** The errors of errno.h that the code treats specially. */
export const errno = {
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EAGAIN: 11,
  ENOMEM: 12,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENAMETOOLONG: 36,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

/** The error for a refused system call, worded as in Node: `ENOENT: no such file or directory, open '/a'`. */
export function systemError(number: number, syscall: string, path?: string): SystemError {
  const code = errorName(number);
  const text = errorText(number);
  const what = path === undefined ? syscall : `${syscall} '${path}'`;
  const error = new Error(`${code}: ${text.charAt(0).toLowerCase()}${text.slice(1)}, ${what}`);
  return Object.assign(error, { code, errno: -number, syscall, ...(path === undefined ? {} : { path }) });
}

/** The result of a system call; throws a {@link SystemError} for an error number. */
export function done(answer: number, syscall: string, path?: string): number {
  if (answer < 0) throw systemError(-answer, syscall, path);
  return answer;
}

/** Like {@link done}, for a call that returns something other than a number. */
export function given<T>(answer: T | number, syscall: string, path?: string): T {
  if (typeof answer === 'number') throw systemError(-answer, syscall, path);
  return answer;
}
