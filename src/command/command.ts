import type { Interruption } from '../protocol/interruption.ts';

/** The exit codes of a command: success; a finding or a failure; wrong use. */
export const exitCodes = { fine: 0, finding: 1, wrongUse: 2 } as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The parts of its process that a command may use. */
export interface Terminal {
  /** Prints to stdout. Control characters are escaped, except for colours. */
  readonly print: (text: string) => void;
  /** Prints to stderr. Control characters are escaped. */
  readonly warn: (text: string) => void;
  /** Reads stdin to its end, but at most `limit` bytes and one more; the default is {@link inputLimit}. */
  readonly readInput: (limit?: number) => Uint8Array;
  /** Whether output to stdout may have colours. */
  readonly colours: boolean;
  /** The base of relative paths. Reading it throws if the directory is gone, so {@link givenPath} avoids that. */
  readonly directory: string;
  /**
   * From now on, a signal does not end the process but interrupts the returned interruption. This is for a command that
   * changes the node and has to undo that. Left out if signals cannot reach the command.
   */
  readonly untilInterrupted?: () => Interruption;
  /** The running executable; undefined for the program for Node. */
  readonly executable: string | undefined;
}

/** What an argument names, for completion. */
export type ArgumentKind = 'file' | 'directory' | 'sandbox' | 'text' | readonly string[];

/** A positional argument, like SANDBOX. */
export interface Argument {
  /** As in the usage line. */
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly optional?: boolean;
  /** It may be given more than once. Only the last argument can have this. */
  readonly repeated?: boolean;
}

/** An option, like `--json` or `--root DIRECTORY`. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly help: string;
  /** Its value; left out for a switch. */
  readonly value?: {
    readonly name: string;
    readonly kind: ArgumentKind;
    /** It may begin with a dash: the word after the option is its value, whatever it looks like. */
    readonly dashes?: boolean;
  };
}

/** A parsed command line: arguments in the order of the command's own list, options by name. */
export interface CommandLine {
  readonly arguments: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** Runs a command, given all commands. An expected failure is a `CniError` or a {@link WrongUse}. */
type RunCommand = (
  words: CommandLine,
  terminal: Terminal,
  commands: readonly Command[],
) => ExitCode | Promise<ExitCode>;

/** A row of the table of commands, from which parsing, help, documentation and completion are made. */
export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What users need to know first, in paragraphs. */
  readonly description: readonly string[];
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Loads the command's code, so that other commands do not load it. */
  readonly load: () => Promise<RunCommand>;
}

/** The texts about a command. They are in JSON files beside the rows, those of options by their names. */
export interface CommandTexts extends Pick<Command, 'description' | 'examples' | 'summary'> {
  readonly options?: Readonly<Record<string, string>>;
}

/** The syntax of a command, and its code. It must have exactly those options that have a text. */
interface CommandShape<Texts extends CommandTexts> extends Pick<Command, 'load'> {
  readonly arguments?: readonly Argument[];
  readonly options?: Readonly<Record<keyof Texts['options'], Option['value'] | 'switch'>>;
}

/** A row of the table: a command's name, its texts and its syntax. */
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

/** The command line does not match the syntax of the command. The message says why, and the exit code is 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
