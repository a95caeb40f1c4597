import { readRecords } from '../../attach/record.ts';
import {
  type Command,
  type ExitCode,
  exitCodes,
  type Terminal,
  type CommandLine,
  WrongUse,
} from '../../command/command.ts';
import { fitting } from './fitting.ts';
import { scripts } from './scripts.ts';

/** Runs `dan completion`. */
export function completion(
  { arguments: [name = '', ...line] }: CommandLine,
  { print }: Terminal,
  commands: readonly Command[],
): ExitCode {
  const script = scripts.get(name);
  if (script === undefined)
    throw new WrongUse(`dan completion: "${name}" is not one of ${[...scripts.keys()].join(', ')}`);
  const sandboxes = (): readonly string[] => [...new Set(readRecords().map(({ sandbox }) => sandbox))];
  const words = line.length === 0 ? [] : fitting(line, commands, sandboxes);
  print(line.length === 0 ? script : words.map((word) => `${word}\n`).join(''));
  return exitCodes.fine;
}
