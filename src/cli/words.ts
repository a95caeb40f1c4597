import { closestMatch } from 'leven';
import { type Command, type Words, WrongUse } from '../command/command.ts';
import { findCommand, firstWords } from './command-name.ts';
import { readOptions } from './read-options.ts';

/** What was asked for: a command with its words, help about some commands or about one, or the version. */
export type Asked =
  | { readonly do: 'run'; readonly command: Command; readonly words: Words }
  | { readonly do: 'help'; readonly about: Command | readonly Command[] }
  | { readonly do: 'version' };

/** Reads a command line, without the program's name. Throws {@link WrongUse}. */
export function readWords(line: readonly string[], commands: readonly Command[]): Asked {
  const [first, ...others] = line;
  if (first === '--version') return { do: 'version' };
  if (first === undefined || first === '--help' || first === '-h') return { do: 'help', about: commands };
  if (first === 'help') return readWords([...others, '--help'], commands);
  const named = findCommand(line, commands);
  switch (named.is) {
    case 'command':
      if (asksForHelp(named.rest)) return { do: 'help', about: named.command };
      return { do: 'run', command: named.command, words: parse(named.command, named.rest) };
    case 'family':
      if (asksForHelp(named.rest)) return { do: 'help', about: named.family };
      throw notOne(first, named.rest[0], named.family);
    case 'unknown':
      throw new WrongUse(
        `"${first}" is no command of dan${closest(first, firstWords(commands))}; "dan --help" lists them all`,
      );
    default:
      return named satisfies never;
  }
}

function notOne(first: string, second: string | undefined, family: readonly Command[]): WrongUse {
  const seconds = family.map(({ name }) => name.slice(first.length + 1));
  const why =
    second === undefined ? 'a word is missing' : `"${second}" is none of its words${closest(second, seconds)}`;
  return new WrongUse(`dan ${first}: ${why}; it is followed by one of ${seconds.join(', ')}`);
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

// What differs in more than two letters was hardly meant.
function closest(word: string, known: readonly string[], dashes = ''): string {
  const near = closestMatch(word, known, { maxDistance: 2 });
  return near === undefined ? '' : ` (did you mean "${dashes}${near}"?)`;
}

function parse(command: Command, line: readonly string[]): Words {
  const { positionals, switches, values } = parseOptions(command, line);
  const least = command.arguments.filter(({ optional }) => optional !== true).length;
  if (positionals.length < least) {
    throw wrong(command, `${command.arguments[positionals.length]?.name ?? 'an argument'} is missing`);
  }
  const extra = positionals[command.arguments.length];
  if (extra !== undefined && command.arguments.at(-1)?.repeated !== true)
    throw wrong(command, `"${extra}" is one word too many`);
  return { arguments: positionals, switches, values };
}

function parseOptions(command: Command, line: readonly string[]): ReturnType<typeof readOptions> {
  try {
    return readOptions(line, command.options);
  } catch (error) {
    const option = line.find((word) => /^--[^=]/.test(word) && !isKnown(command, word));
    if (option === undefined) throw wrong(command, error instanceof Error ? error.message : String(error));
    const [name = ''] = option.slice(2).split('=');
    const names = command.options.map((one) => one.name);
    throw wrong(command, `it has no option "--${name}"${closest(name, names, '--')}`);
  }
}

function isKnown({ options }: Command, word: string): boolean {
  return options.some(({ name }) => word === `--${name}` || word.startsWith(`--${name}=`));
}

function wrong({ name }: Command, why: string): WrongUse {
  return new WrongUse(`dan ${name}: ${why}; see "dan ${name} --help"`);
}
