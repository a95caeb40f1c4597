import { codeOf } from '../files.ts';
import { errorText } from '../system/errno.ts';

/** Error numbers of errno(3) that are looked at. */
export const errors = {
  missing: 2,
  noRoute: 3,
  tryAgain: 11,
  exists: 17,
  noDevice: 19,
  invalid: 22,
  unknownProtocol: 93,
  notSupported: 95,
  noAddress: 99,
  unreachableNetwork: 101,
  unreachableHost: 113,
} as const;

/** What the kernel did not do, and why. Whoever asked for it knows what it was. */
export class Refusal extends Error {
  readonly errno: number;

  constructor(errno: number, said?: string) {
    const words = errorText(errno);
    super(said === undefined ? words : `${said} (${words})`);
    this.errno = errno;
  }
}

/** The result of a kernel call; throws a {@link Refusal} for an error number. */
export function accepted(answer: number): number {
  if (answer < 0) throw new Refusal(-answer);
  return answer;
}

/** Whether an error is none of dan's: the kernel refused something, to dan or to the runtime's own file functions. */
export function isFailure(error: unknown): error is Error {
  return error instanceof Refusal || codeOf(error) !== undefined;
}
