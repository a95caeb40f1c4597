import { accept, type Parsed, reject } from '../../model/parsed.ts';

/** An option of a program, as it may be written. */
export interface OptionShape {
  /** Without the dashes. */
  readonly name: string;
  /** The letters that stand for it, such as `Ll`; none: it has a name alone. */
  readonly letters: string;
  readonly takesValue: boolean;
}

/** What words came to: options by name, with '' for the value of one that takes none, and the words between them. */
export interface GivenOptions {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** The words of a text: what stands between white space. Nothing is quoted, for no value has white space in it. */
export function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** An option that takes no value. */
export function flag(name: string, letters = ''): OptionShape {
  return { name, letters, takesValue: false };
}

/** An option that takes a value. */
export function valued(name: string, letters = ''): OptionShape {
  return { name, letters, takesValue: true };
}

/**
 * Reads words as popt does, which ipvsadm reads its own with: `--name value`, `--name=value`, `-n value`, `-nvalue`,
 * `-n=value`, and letters in one word where those before the last take no value. Unlike there, an option may be given
 * once.
 */
export function readOptions(words: readonly string[], shapes: readonly OptionShape[]): Parsed<GivenOptions> {
  const options = new Map<string, string>();
  const left = [...words];
  const rest: string[] = [];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!/^-./s.test(word)) {
      rest.push(word);
      continue;
    }
    for (const { written, value: within, shape } of optionsIn(word, shapes)) {
      if (shape === undefined) return reject(`"${written}" is no option here`);
      if (within !== undefined && !shape.takesValue) return reject(`"${written}" takes no value`);
      const value = shape.takesValue ? (within ?? left.shift()) : '';
      if (value === undefined) return reject(`"${written}" needs a value`);
      if (options.has(shape.name)) return reject(`--${shape.name} is given twice`);
      options.set(shape.name, value);
    }
  }
  return accept({ options, rest });
}

/** An option as it is written in a word, with the value that is in the same word. */
interface Found {
  readonly written: string;
  readonly value?: string | undefined;
  /** undefined: there is none of that name. */
  readonly shape: OptionShape | undefined;
}

function optionsIn(word: string, shapes: readonly OptionShape[]): readonly Found[] {
  const [long, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined)
    return [{ written: `--${name ?? ''}`, value, shape: shapes.find((one) => one.name === name) }];
  const found: Found[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const shape = shapes.find(({ letters }) => letters.includes(letter));
    const behind = word.slice(at + 1);
    const takesRest = shape?.takesValue === true && behind !== '';
    found.push({ written: `-${letter}`, shape, ...(takesRest ? { value: behind.replace(/^=/, '') } : {}) });
    if (takesRest) break;
  }
  return found;
}
