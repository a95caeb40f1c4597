import { run } from '../../../host/command.ts';
import type { Finished } from '../../../host/program/program.ts';
import { danError } from '../../../model/error.ts';
import { type Terminal, WrongUse } from '../../command.ts';
import { givenPath } from '../../given-path.ts';
import { programOf } from '../../../node/programs.ts';
import type { Call } from './call.ts';

/** Runs a program through a command of the operator's that takes it as further arguments. Throws `command-missing`. */
export async function runThrough(
  command: string,
  terminal: Pick<Terminal, 'directory'>,
  call: Call,
): Promise<Finished> {
  const { program, words, input = '', seconds, ...rest } = call;
  const [name = '', ...args] = splitCommand(command);
  const path = name.includes('/') ? givenPath(name, terminal) : programOf({ root: '/' }, name);
  if (path === undefined) {
    throw danError('command-missing', `the program "${name}" of --exec is in no directory of programs: give its path`);
  }
  return await run(path, [...args, program, ...words], { input, timeoutSeconds: seconds, ...rest });
}

/**
 * The words of a command: white space is between them; what stands in single or double quotes belongs together.
 * Nothing else means anything, and no shell sees it. Throws `WrongUse` for one without words or with an open quote.
 */
export function splitCommand(command: string): readonly string[] {
  const parts = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const left = command.replace(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g, '').trim();
  if (left !== '') throw new WrongUse(`dan kata-ipvs: --exec ${command}: a quote is not closed`);
  if (parts.length === 0) throw new WrongUse('dan kata-ipvs: --exec is empty: give a command, such as "ssh node"');
  return parts.map((part) => part.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}
