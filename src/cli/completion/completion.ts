import { readRecords } from '../../attach/record.ts';
import { type Command, type ExitCode, exitCodes, type Terminal, type Words, WrongUse } from '../../command/command.ts';
import { fitting } from './fitting.ts';
import { scripts, type Shell, shells } from './shells.ts';

/** Runs `dan completion`. */
export function completion(
  { arguments: [shell = '', ...line] }: Words,
  { print }: Terminal,
  commands: readonly Command[],
): ExitCode {
  if (!isShell(shell)) throw new WrongUse(`dan completion: "${shell}" is none of ${shells.join(', ')}`);
  if (line.length === 0) print(scripts[shell]);
  else
    print(
      fitting(line, commands, { sandboxes })
        .map((word) => `${word}\n`)
        .join(''),
    );
  return exitCodes.fine;
}

function sandboxes(): readonly string[] {
  return [...new Set(readRecords().map(({ sandbox }) => sandbox))];
}

function isShell(word: string): word is Shell {
  return shells.some((shell) => shell === word);
}
