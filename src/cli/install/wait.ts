import { system } from '#system';
import { type CommandLine, type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import type { Interruption } from '../../protocol/interruption.ts';

/** Milliseconds; any time that a timer takes will do. */
const hour = 3_600_000;

/**
 * Runs `dan wait`: stays until a signal comes, and does nothing else. The first process of a container is not ended by a
 * signal that it does not listen to.
 */
export async function wait(_words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const interruption = terminal.untilInterrupted?.();
  if (interruption === undefined) return exitCodes.fine;
  terminal.print('dan waits until SIGTERM, SIGINT or SIGHUP comes.\n');
  await interrupted(interruption);
  terminal.print(`dan ends: ${interruption.reason ?? 'a signal'} came.\n`);
  return exitCodes.fine;
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
