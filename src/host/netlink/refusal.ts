import { codeOf } from '../files.ts';
import { errorName, errorText } from '../system/errno.ts';

/** An error number and message from the kernel. The caller knows what was asked. */
export class Refusal extends Error {
  readonly errno: number;

  constructor(errno: number, said?: string) {
    const words = errorText(errno);
    super(said === undefined ? words : `${said} (${words})`);
    this.errno = errno;
  }
}

/** The name of the error with which the kernel or a system call refused something. */
export function nameOfFailure(error: Error): string | undefined {
  return error instanceof Refusal ? errorName(error.errno) : codeOf(error);
}

/** The result of a kernel call; throws a {@link Refusal} for an error number. */
export function accepted(answer: number): number {
  if (answer < 0) throw new Refusal(-answer);
  return answer;
}

/**
 * Whether an error is not a bug of dan: the kernel refused something, to dan or to the runtime's own file functions, or
 * its answer is too short.
 */
export function isFailure(error: unknown): error is Error {
  return error instanceof Refusal || error instanceof RangeError || codeOf(error) !== undefined;
}
