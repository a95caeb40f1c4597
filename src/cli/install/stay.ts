import { system } from '#system';
import { type ExitCode, exitCodes, type Terminal, type CommandLine, WrongUse } from '../../command/command.ts';
import type { Interruption } from '../../protocol/interruption.ts';

/** Milliseconds; any time that a timer takes will do. */
const hour = 3_600_000;

/**
 * Does the work of a command. With `--wait` it then stays until a signal comes, if the work ended well. It listens to
 * signals from the beginning, since the first process of a container is not ended by a signal that it does not listen to.
 * Throws {@link WrongUse}.
 */
export async function stayAfter(
  name: string,
  { switches }: CommandLine,
  terminal: Terminal,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  if (!switches.has('wait')) return await work();
  if (switches.has('dry-run')) {
    throw new WrongUse(`dan ${name}: --wait stays when all is done, but --dry-run does nothing: leave one of them out`);
  }
  const interruption = terminal.untilInterrupted?.();
  const exitCode = await work();
  if (exitCode !== exitCodes.fine || interruption === undefined) return exitCode;
  // With --json, standard output is a document for a program.
  const print = switches.has('json') ? (): void => undefined : terminal.print;
  print('dan stays until SIGTERM, SIGINT or SIGHUP comes.\n');
  await interrupted(interruption);
  print(`dan ends: ${interruption.reason ?? 'a signal'} came.\n`);
  return exitCode;
}

/** Waits for an interruption. A process does not stay for a signal alone, but for a timer. */
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
