import { type CommandLine, type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import { untilSignal } from '../until-signal.ts';

/**
 * Runs `dan wait`: stays until a signal comes, and does nothing else. The first process of a container is not ended by a
 * signal that it does not listen to.
 */
export async function wait(_words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const interruption = terminal.untilInterrupted?.();
  if (interruption === undefined) return exitCodes.fine;
  terminal.print('dan waits until SIGTERM, SIGINT or SIGHUP comes.\n');
  await untilSignal(interruption);
  terminal.print(`dan ends: ${interruption.reason ?? 'a signal'} came.\n`);
  return exitCodes.fine;
}
