import { type CommandLine, type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import { untilSignal } from '../until-signal.ts';

/**
 * Runs `dan wait`: waits for a signal, and does nothing else. A signal does not end the first process of a container
 * unless the process listens to it.
 */
export async function wait(_words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const interruption = terminal.untilInterrupted?.();
  if (interruption === undefined) return exitCodes.fine;
  terminal.print('dan waits until SIGTERM, SIGINT or SIGHUP comes.\n');
  await untilSignal(interruption);
  terminal.print(`dan ends: ${interruption.reason ?? 'a signal'} came.\n`);
  return exitCodes.fine;
}
