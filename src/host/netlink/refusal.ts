import { codeOf } from '../files.ts';
import type { Libc } from '../libc.ts';

/** Error numbers of errno(3) that are looked at. */
export const errors = {
  missing: 2,
  noRoute: 3,
  signalCame: 4,
  tryAgain: 11,
  exists: 17,
  noDevice: 19,
  noAddress: 99,
} as const;

/** What the kernel did not do, and why. Whoever asked for it knows what it was. */
export class Refusal extends Error {
  readonly errno: number;

  constructor(libc: Libc, errno: number, said?: string) {
    const words = libc.strerror(errno);
    super(said === undefined ? words : `${said} (${words})`);
    this.errno = errno;
  }
}

/** Whether an error is none of dan's: the kernel refused something, to dan or to the runtime's own file functions. */
export function isFailure(error: unknown): error is Error {
  return error instanceof Refusal || codeOf(error) !== undefined;
}
