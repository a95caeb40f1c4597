import type { Option } from '../command/command.ts';

/** What was given behind the name of a command. */
interface Given {
  readonly positionals: readonly string[];
  readonly switches: ReadonlySet<string>;
  /** Of an option that is given twice, the later value counts. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads the words behind the name of a command: `--name` for a switch, `--name VALUE` or `--name=VALUE` for what takes a
 * value, all else as it is; behind `--`, every word is as it is. Throws an error that tells what is wrong.
 */
export function readOptions(line: readonly string[], options: readonly Option[]): Given {
  const left = [...line];
  const positionals: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') return { positionals: [...positionals, ...left], switches, values };
    if (!looksLikeOption(word)) {
      positionals.push(word);
      continue;
    }
    const { name, inline } = parts(word);
    const option = options.find((one) => word.startsWith('--') && one.name === name);
    if (option === undefined) throw new Error(unknown(word.startsWith('--') ? `--${name}` : word.slice(0, 2)));
    if (option.value === undefined) {
      if (inline !== undefined) throw new Error(`Option '--${name}' does not take an argument`);
      switches.add(name);
      continue;
    }
    const value = inline ?? left.shift();
    if (value === undefined) throw new Error(`Option '--${name} <value>' argument missing`);
    // A value that looks like an option was rather forgotten, but for an option like `--parameters "-L -n"`.
    const isClear = inline !== undefined || option.value.dashes === true || !looksLikeOption(value);
    if (!isClear) throw new Error(ambiguous(name));
    values.set(name, value);
  }
  return { positionals, switches, values };
}

// A lone dash stands for stdin.
function looksLikeOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

// A name has a letter at least: `--=` begins none.
function parts(word: string): { readonly name: string; readonly inline: string | undefined } {
  const equals = word.indexOf('=', 3);
  if (equals < 0) return { name: word.slice(2), inline: undefined };
  return { name: word.slice(2, equals), inline: word.slice(equals + 1) };
}

function unknown(option: string): string {
  return (
    `Unknown option '${option}'. To specify a positional argument starting with a '-', place it at the end of the ` +
    `command after '--', as in '-- ${JSON.stringify(option)}'`
  );
}

function ambiguous(name: string): string {
  return (
    `Option '--${name}' argument is ambiguous.\nDid you forget to specify the option argument for '--${name}'?\n` +
    `To specify an option argument starting with a dash use '--${name}=-XYZ'.`
  );
}
