import { type Terminal, WrongUse } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import type { RunInSandbox } from './call.ts';
import { runInConsole } from './debug-console.ts';
import { runThrough } from './given-command.ts';
import { runInNetns } from './netns.ts';

/** Chooses where programs are run: in a namespace, through a command, or else through the sandbox's debug console. */
export function placeOf(
  values: ReadonlyMap<string, string>,
  sandbox: string,
  terminal: Pick<Terminal, 'directory'>,
): RunInSandbox {
  const netns = values.get('netns');
  const command = values.get('exec');
  if (netns !== undefined && command !== undefined) {
    throw new WrongUse('dan kata-ipvs: --netns and --exec are two places to run in: give one');
  }
  if (netns !== undefined) return (call) => runInNetns(givenPath(netns, terminal), call);
  if (command !== undefined) return (call) => runThrough(command, terminal, call);
  return (call) => runInConsole(sandbox, call);
}
