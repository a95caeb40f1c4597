import type { Argument, Command, Option } from '../command/command.ts';
import { columns } from './text/columns.ts';
import { width, wrap } from './text/wrap.ts';

/** The usage line of a command. */
export function usageOf(command: Command): string {
  const options = command.options.length === 0 ? [] : ['[OPTIONS]'];
  return ['dan', command.name, ...options, ...command.arguments.map(shown)].join(' ');
}

function shown({ name, optional, repeated }: Argument): string {
  const word = repeated === true ? `${name}...` : name;
  return optional === true ? `[${word}]` : word;
}

/** An option as typed, with the name of its value. */
export function optionAsTyped({ name, value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value.name}`;
}

/** The output of `dan --help` for all commands, or of `dan FAMILY --help` for some of them. */
export function helpForSome(some: readonly Command[], all: readonly Command[]): string {
  const table = columns(some.map(({ name, summary }) => [`  dan ${name}`, summary]));
  const about = [
    'dan attaches Kata Containers sandboxes directly to the host’s network.',
    '',
    'A container runtime starts it with CNI_COMMAND set, as a CNI plugin. Without CNI_COMMAND, it has these commands:',
    '',
  ];
  return [
    ...(some === all ? about : []),
    table,
    '',
    '  dan COMMAND --help   shows the options of a command, and examples',
    ...(some === all ? ['  dan --version        prints the version'] : []),
    '',
    'Exit codes: 0 for success, 1 if something was found or failed, 2 for wrong use.',
    '',
  ].join('\n');
}

/** The output of `dan COMMAND --help`. */
export function helpFor(command: Command): string {
  const { name, summary, description, options, examples } = command;
  const every: readonly Option[] = [...options, { name: 'help', help: 'prints this help' }];
  return [
    wrap(`dan ${name} ${summary}.`, width),
    '',
    `Usage: ${usageOf(command)}`,
    ...description.flatMap((paragraph) => ['', wrap(paragraph, width)]),
    '',
    'Options:',
    columns(every.map((option) => [`  ${optionAsTyped(option)}`, option.help])),
    '',
    'Examples:',
    ...examples.flatMap(({ line, what }) => [`  ${line}`, `      ${what}`]),
    '',
  ].join('\n');
}
