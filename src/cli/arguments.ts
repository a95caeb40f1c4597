import { closestMatch } from 'leven';
import { type Command, type Option, type CommandLine, WrongUse } from '../command/command.ts';

/** What a command line asks for: to run a command, help about one or several commands, or the version. */
export type Asked =
  | { readonly do: 'run'; readonly command: Command; readonly words: CommandLine }
  | { readonly do: 'help'; readonly about: Command | readonly Command[] }
  | { readonly do: 'version' };

/** What the first words of a command line name. */
interface Named {
  readonly command: Command | undefined;
  /** The two-word commands that begin with the first word. */
  readonly family: readonly Command[];
  /** The words after the command's name, or after the first word if there is no command. */
  readonly rest: readonly string[];
}

/** Parses a command line, without the program's name. Throws {@link WrongUse}. */
export function readArguments(line: readonly string[], commands: readonly Command[]): Asked {
  const [first, ...others] = line;
  if (first === '--version') return { do: 'version' };
  if (first === undefined || isHelp(first)) return { do: 'help', about: commands };
  if (first === 'help') return readArguments([...others, '--help'], commands);
  const { command, family, rest } = findCommand(line, commands);
  if (command === undefined && family.length === 0) {
    throw new WrongUse(
      `"${first}" is not a command of dan${suggestion(first, firstWords(commands))}; "dan --help" lists all commands`,
    );
  }
  if (asksForHelp(rest)) return { do: 'help', about: command ?? family };
  if (command === undefined) throw unknownInFamily(first, rest[0], family);
  return { do: 'run', command, words: readWords(command, rest) };
}

/** Finds the command at the beginning of a command line. Names have one word or two. */
export function findCommand(line: readonly string[], commands: readonly Command[]): Named {
  const ofLength = (length: number): Command | undefined =>
    commands.find(({ name }) => name === line.slice(0, length).join(' '));
  const command = ofLength(2) ?? ofLength(1);
  return {
    command,
    family: commands.filter(({ name }) => name.startsWith(`${line[0] ?? ''} `)),
    rest: line.slice(command?.name.split(' ').length ?? 1),
  };
}

/** The first words of all names, each once. */
export function firstWords(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).some(isHelp);
}

function unknownInFamily(first: string, second: string | undefined, family: readonly Command[]): WrongUse {
  const seconds = family.map(({ name }) => name.slice(first.length + 1));
  const why = second === undefined ? '' : `"${second}" is not one of its commands${suggestion(second, seconds)}; `;
  return new WrongUse(`dan ${first}: ${why}write one of ${seconds.join(', ')} after it`);
}

// A word that differs in more than two letters is unlikely to be meant.
function suggestion(word: string, known: readonly string[]): string {
  const near = closestMatch(word, known, { maxDistance: 2 });
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

function readWords(command: Command, line: readonly string[]): CommandLine {
  const words = readOptions(command, line);
  const { arguments: wanted } = command;
  const missing = wanted[words.arguments.length];
  if (missing !== undefined && missing.optional !== true) throw wrong(command, `${missing.name} is missing`);
  const extra = words.arguments[wanted.length];
  if (extra !== undefined && wanted.at(-1)?.repeated !== true) throw wrong(command, `"${extra}" is one word too many`);
  return words;
}

/**
 * Parses the words after a command's name: `--name` for a switch, `--name VALUE` or `--name=VALUE` for an option with a
 * value, and anything else as an argument. After `--`, every word is an argument. If an option is given twice, the
 * later value counts.
 */
function readOptions(command: Command, line: readonly string[]): CommandLine {
  const left = [...line];
  const given: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      given.push(...left.splice(0));
    } else if (!looksLikeOption(word)) {
      given.push(word);
    } else {
      const [typed, inline] = split(word);
      const option = command.options.find(({ name }) => typed === `--${name}`);
      if (option === undefined) throw unknownOption(command, typed);
      if (option.value !== undefined) values.set(option.name, inline ?? readValue(command, option, left));
      else if (inline === undefined) switches.add(option.name);
      else throw wrong(command, `${typed} takes no value`);
    }
  }
  return { arguments: given, switches, values };
}

// A value that looks like an option was probably forgotten, except for an option like `--parameters "-L -n"`.
function readValue(command: Command, { name, value }: Option, left: string[]): string {
  const read = left.shift();
  if (read === undefined) throw wrong(command, `the value is missing: --${name} ${value?.name ?? ''}`);
  if (value?.dashes !== true && looksLikeOption(read)) {
    throw wrong(command, `the value of --${name} is missing; if "${read}" is the value, write --${name}=${read}`);
  }
  return read;
}

// A single dash means standard input.
function looksLikeOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

// A name has at least one letter, so `--=` does not begin one.
function split(word: string): readonly [typed: string, inline: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=', 3) : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function unknownOption(command: Command, typed: string): WrongUse {
  const known = command.options.map(({ name }) => `--${name}`);
  return wrong(
    command,
    `there is no option "${typed}"${suggestion(typed, known)}; write "--" before an argument that begins with a dash`,
  );
}

function wrong({ name }: Command, why: string): WrongUse {
  return new WrongUse(`dan ${name}: ${why}; see "dan ${name} --help"`);
}
