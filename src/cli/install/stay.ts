import { system } from '#system';
import type { Interruption } from '../../protocol/interruption.ts';
import { type ExitCode, exitCodes, type Terminal, type Words, WrongUse } from '../../command/command.ts';

/** Milliseconds; any time will do that a timer takes. */
const hour = 3_600_000;

/**
 * Does the work; with `--wait` it then stays until a signal comes, if the work ended well. The signals are heard from the
 * beginning: the first process of a container is not ended by one that it does not listen to. Throws {@link WrongUse}.
 */
export async function stayAfter(
  work: () => Promise<ExitCode>,
  name: string,
  { switches }: Words,
  terminal: Terminal,
): Promise<ExitCode> {
  if (!switches.has('wait')) return await work();
  if (switches.has('dry-run')) {
    throw new WrongUse(`dan ${name}: --wait stays when all is done, and --dry-run does nothing: leave one of them out`);
  }
  const interruption = terminal.untilInterrupted?.();
  const exitCode = await work();
  if (exitCode !== exitCodes.fine || interruption === undefined) return exitCode;
  const say = (text: string): void => {
    // Standard output is a document for a program.
    if (!switches.has('json')) terminal.print(text);
  };
  say('dan stays until SIGTERM, SIGINT or SIGHUP comes.\n');
  await interrupted(interruption);
  say(`dan ends: ${interruption.reason ?? 'a signal'} came.\n`);
  return exitCode;
}

/** Waits for an interruption. A signal alone is nothing that a process would stay for: a timer is. */
function interrupted(interruption: Interruption): Promise<void> {
  return new Promise((resolve) => {
    let timer = system.startTimer(hour, again);
    interruption.onInterrupt(() => {
      timer.cancel();
      resolve();
    });
    function again(): void {
      timer = system.startTimer(hour, again);
    }
  });
}
