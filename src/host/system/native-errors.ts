import { errorName, errorText } from './errno.ts';
import type { SystemError } from './system.ts';

/** ENOENT of errno.h. */
export const missing = 2;

/** What a system call refused, as Node words it: `ENOENT: no such file or directory, open '/a'`. */
export function systemError(errno: number, syscall: string, path?: string): SystemError {
  const code = errorName(errno);
  const text = errorText(errno);
  const what = path === undefined ? syscall : `${syscall} '${path}'`;
  const error = new Error(`${code}: ${text.charAt(0).toLowerCase()}${text.slice(1)}, ${what}`);
  return Object.assign(error, { code, errno: -errno, syscall, ...(path === undefined ? {} : { path }) });
}

/** The result of a system call; throws a {@link SystemError} for an error number. */
export function done(answer: number, syscall: string, path?: string): number {
  if (answer < 0) throw systemError(-answer, syscall, path);
  return answer;
}

/** The same for a call that gives something else than a number. */
export function given<T>(answer: T | number, syscall: string, path?: string): T {
  if (typeof answer === 'number') throw systemError(-answer, syscall, path);
  return answer;
}
