import type { Log } from '../../host/log.ts';
import { type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';

/**
 * Prints what work comes to, as one line of compact JSON. Where it fails, `instead` is printed in its place, and the error
 * goes on to whoever tells it: scripts read stdout, people stderr.
 */
export async function answer(
  { print }: Terminal,
  work: () => unknown,
  instead: () => unknown = () => null,
): Promise<ExitCode> {
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    print(line(instead()));
    throw error;
  }
  print(line(value));
  return exitCodes.fine;
}

/** What is worth a word to the operator, on stderr. */
export function logTo({ warn }: Terminal): Log {
  return (level, message, fields = {}) => {
    if (level !== 'warn' && level !== 'error') return;
    const more = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
    warn(`dan: ${printable(message + more)}\n`);
  };
}

/** A list as it is shown: an empty one is `null`. */
export function listed<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
