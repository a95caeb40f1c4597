import { danError } from '../model/error.ts';
import type { CniError } from '../protocol/error.ts';
import type { CommandOptions, Finished, Killable } from './program/program.ts';
import { wait } from './wait.ts';

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error.
 * Throws `command-failed` if it cannot be started, `command-timeout` if it does not end in time and `interrupted`; then it
 * is killed.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  // Most calls run none, and what it takes is loaded for those that do: Bun's own way saves five milliseconds.
  const program =
    'Bun' in globalThis
      ? (await import('./program/bun.ts')).startProgram(path, args, options)
      : (await import('./program/node.ts')).startProgram(path, args, options);
  const limits = { seconds: options.timeoutSeconds, interrupted: options.interrupted };
  return await within(limits, program, `${path} ${args.join(' ')}`, program.finished);
}

/**
 * Waits for a running program at most so long. Then, or when dan is told to end, kills it, waits for its end so that it
 * changes nothing any more, and throws `command-timeout` or `interrupted`.
 */
export async function within<T>(
  { seconds, interrupted }: { readonly seconds: number; readonly interrupted?: AbortSignal | undefined },
  child: Killable,
  what: string,
  work: Promise<T>,
): Promise<T> {
  let stop: (reason: CniError) => void = () => undefined;
  const stopped = new Promise<CniError>((resolve) => {
    stop = resolve;
  });
  const timer = setTimeout(() => {
    stop(tooLate(what, seconds));
  }, seconds * 1000);
  const onAbort = (): void => {
    stop(interruption(interrupted));
  };
  interrupted?.addEventListener('abort', onAbort);
  if (interrupted?.aborted === true) onAbort();
  try {
    const first = await Promise.race([work.then((value) => ({ value })), stopped.then((reason) => ({ reason }))]);
    if ('value' in first) return first.value;
    child.kill('SIGKILL');
    // Nothing but a disk or a driver that hangs keeps a killed program.
    await Promise.race([work.catch(() => undefined), wait(1000)]);
    throw first.reason;
  } finally {
    clearTimeout(timer);
    interrupted?.removeEventListener('abort', onAbort);
  }
}

/** Throws `interrupted` once dan was told to end. */
export function refuseInterrupted(interrupted: AbortSignal | undefined): void {
  if (interrupted?.aborted === true) throw interruption(interrupted);
}

function interruption(interrupted: AbortSignal | undefined): CniError {
  return danError('interrupted', `${String(interrupted?.reason)} came before it was done: everything is taken back`);
}

function tooLate(what: string, seconds: number): CniError {
  return danError(
    'command-timeout',
    `${what} did not end within ${seconds} s and was killed; see why it hangs, or raise "commandTimeout"`,
  );
}
