import type { ArgumentKind, Command, Option } from '../../command/command.ts';
import { findCommand, firstWords } from '../command-name.ts';

/** What completes words of each kind that are not known beforehand. */
export interface Known {
  readonly sandboxes: () => readonly string[];
}

/**
 * What may stand at the place of the last word of a command line, given the words before it; sorted as the table has it.
 * Nothing: the shell completes files.
 */
export function fitting(line: readonly string[], commands: readonly Command[], known: Known): readonly string[] {
  const typed = line.at(-1) ?? '';
  return possible(line.slice(0, -1), typed, commands, known).filter((word) => word.startsWith(typed));
}

function possible(
  before: readonly string[],
  typed: string,
  commands: readonly Command[],
  known: Known,
): readonly string[] {
  const [first] = before;
  const names = firstWords(commands);
  if (first === undefined) return typed.startsWith('-') ? ['--help', '--version'] : [...names, 'help'];
  if (first === 'help') return before.length === 1 ? names : [];
  const named = findCommand(before, commands);
  switch (named.is) {
    case 'command':
      return inCommand(named.command, named.rest, typed, known);
    case 'family':
      return named.rest.length === 0 ? [...named.family.map(({ name }) => name.slice(first.length + 1)), '--help'] : [];
    case 'unknown':
      return [];
    default:
      return named satisfies never;
  }
}

function inCommand(command: Command, before: readonly string[], typed: string, known: Known): readonly string[] {
  const option = optionBefore(command, before);
  if (option?.value !== undefined) return wordsOf(option.value.kind, known);
  if (typed.startsWith('-')) return [...command.options.map((one) => `--${one.name}`), '--help'];
  const argument = command.arguments[countArguments(command, before)];
  return argument === undefined ? [] : wordsOf(argument.kind, known);
}

function optionBefore(command: Command, before: readonly string[]): Option | undefined {
  const last = before.at(-1);
  return command.options.find((option) => last === `--${option.name}` && option.value !== undefined);
}

function countArguments(command: Command, before: readonly string[]): number {
  return before.filter(
    (word, index) => !word.startsWith('-') && optionBefore(command, before.slice(0, index)) === undefined,
  ).length;
}

function wordsOf(kind: ArgumentKind, { sandboxes }: Known): readonly string[] {
  switch (kind) {
    case 'sandbox':
      return sandboxes();
    case 'file':
    case 'directory':
    case 'text':
      return [];
    default:
      return kind;
  }
}
