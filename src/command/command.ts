import type { Interruption } from '../protocol/interruption.ts';

/** How a command ends: everything is fine; something was found, or failed; it was called wrongly. */
export const exitCodes = { fine: 0, finding: 1, wrongUse: 2 } as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command may use of the process it runs in. */
export interface Terminal {
  /** Prints to stdout: what a terminal would obey is escaped, but for colours. */
  readonly print: (text: string) => void;
  /** Prints to stderr: what a terminal would obey is escaped. */
  readonly warn: (text: string) => void;
  /** Reads stdin to its end, at most so many bytes and one more; without a limit, {@link inputLimit}. */
  readonly readInput: (limit?: number) => Uint8Array;
  /** Whether what is printed to stdout may be coloured. */
  readonly colours: boolean;
  /** Where relative paths begin. Reading it throws where that is gone, so {@link givenPath} reads it where it counts. */
  readonly directory: string;
  /**
   * From now on the process does not just end when it is told to, but interrupts what this gives: for a command that
   * changes the node, and has to take back what it did. Left out where nobody can tell it.
   */
  readonly untilInterrupted?: () => Interruption;
  /** The file of the executable that runs; undefined for the program for Node. */
  readonly executable: string | undefined;
}

/** What the arguments of a command line name, for completion. */
export type ArgumentKind = 'file' | 'directory' | 'sandbox' | 'text' | readonly string[];

/** A word of a command line that stands by itself, like SANDBOX. */
export interface Argument {
  /** As the usage line shows it. */
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly optional?: boolean;
  /** It may be given more than once; the last argument alone can. */
  readonly repeated?: boolean;
}

/** An option, like `--json` or `--root DIRECTORY`. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly help: string;
  /** What it takes; left out for a switch. */
  readonly value?: {
    readonly name: string;
    readonly kind: ArgumentKind;
    /** It may begin with a dash: the word behind the option is its value, whatever it looks like. */
    readonly dashes?: boolean;
  };
}

/** What a command line came to: arguments in the order of the command's own list, options by name. */
export interface CommandLine {
  readonly arguments: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** What a command does, given all commands there are. An expected failure is a `CniError` or a {@link WrongUse}. */
type RunCommand = (
  words: CommandLine,
  terminal: Terminal,
  commands: readonly Command[],
) => ExitCode | Promise<ExitCode>;

/** A row of the table that parsing, help, the documentation and completion are made from. */
export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What a person needs to know before using it, in paragraphs. */
  readonly description: readonly string[];
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Loads what it does: nothing of it is loaded for another command. */
  readonly load: () => Promise<RunCommand>;
}

/** What a person reads about a command. These texts stand in JSON files beside the rows, those of options by their names. */
export interface CommandTexts extends Pick<Command, 'description' | 'examples' | 'summary'> {
  readonly options?: Readonly<Record<string, string>>;
}

/** What is typed for a command, and what it does. Each option with a text is here, and no other. */
interface CommandShape<Texts extends CommandTexts> extends Pick<Command, 'load'> {
  readonly arguments?: readonly Argument[];
  readonly options?: Readonly<Record<keyof Texts['options'], Option['value'] | 'switch'>>;
}

/** A row of the table: a command's name, its texts, and what is typed for it. */
export function row<const Texts extends CommandTexts>(name: string, texts: Texts, shape: CommandShape<Texts>): Command {
  const { summary, description, examples, options: help = {} } = texts;
  const options = Object.entries<Option['value'] | 'switch'>(shape.options ?? {}).map(
    ([option, value]): Option => ({
      ...{ name: option, help: help[option] ?? '' },
      ...(value === undefined || value === 'switch' ? {} : { value }),
    }),
  );
  return { name, summary, description, arguments: shape.arguments ?? [], options, examples, load: shape.load };
}

/** The command line is not what the command takes: its text tells why, and the exit code is 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
