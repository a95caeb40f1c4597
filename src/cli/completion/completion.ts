import { readRecords } from '../../attach/record.ts';
import {
  type ArgumentKind,
  type Command,
  type CommandLine,
  type ExitCode,
  exitCodes,
  type Terminal,
  WrongUse,
} from '../../command/command.ts';
import { findCommand, firstWords } from '../arguments.ts';
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

/**
 * The words that can replace the last word of a command line, in the order of the command table. If there are none, the
 * shell completes file names. `sandboxes` returns the ids of the node's sandboxes.
 */
export function fitting(
  line: readonly string[],
  commands: readonly Command[],
  sandboxes: () => readonly string[],
): readonly string[] {
  const typed = line.at(-1) ?? '';
  return possible(line.slice(0, -1), typed, commands, sandboxes).filter((word) => word.startsWith(typed));
}

function possible(
  before: readonly string[],
  typed: string,
  commands: readonly Command[],
  sandboxes: () => readonly string[],
): readonly string[] {
  const [first] = before;
  const names = firstWords(commands);
  if (first === undefined) return typed.startsWith('-') ? ['--help', '--version'] : [...names, 'help'];
  if (first === 'help') return before.length === 1 ? names : [];
  const { command, family, rest } = findCommand(before, commands);
  if (command !== undefined) {
    const kind = kindAt(command, rest, typed);
    if (kind === 'sandbox') return sandboxes();
    return typeof kind === 'string' ? [] : kind;
  }
  if (family.length === 0 || rest.length > 0) return [];
  return [...family.map(({ name }) => name.slice(first.length + 1)), '--help'];
}

/** The kind of word that follows some words of a command. */
function kindAt(command: Command, before: readonly string[], typed: string): ArgumentKind {
  const takesValue = (word: string | undefined): ArgumentKind | undefined =>
    command.options.find(({ name }) => word === `--${name}`)?.value?.kind;
  const value = takesValue(before.at(-1));
  if (value !== undefined) return value;
  if (typed.startsWith('-')) return [...command.options.map(({ name }) => `--${name}`), '--help'];
  const given = before.filter((word, at) => !word.startsWith('-') && takesValue(before[at - 1]) === undefined);
  return command.arguments[given.length]?.kind ?? 'text';
}
