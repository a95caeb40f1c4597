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
    if (!isOption(word)) {
      rest.push(word);
      continue;
    }
    for (const found of word.startsWith('--') ? readName(word, shapes) : readLetters(word, shapes)) {
      if ('why' in found) return reject(found.why);
      const value = found.shape.takesValue ? (found.value ?? left.shift()) : '';
      if (value === undefined) return reject(`"${found.written}" needs a value`);
      if (options.has(found.shape.name)) return reject(`--${found.shape.name} is given twice`);
      options.set(found.shape.name, value);
    }
  }
  return accept({ options, rest });
}

/** An option in a word, with the value that is in the same word; or why the word cannot be read. */
type Found =
  | { readonly shape: OptionShape; readonly written: string; readonly value: string | undefined }
  | { readonly why: string };

function isOption(word: string): boolean {
  return word.startsWith('-') && word.length > 1;
}

function readName(word: string, shapes: readonly OptionShape[]): readonly Found[] {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const shape = shapes.find((one) => one.name === name);
  if (shape === undefined) return [{ why: `"--${name}" is no option here` }];
  if (value !== undefined && !shape.takesValue) return [{ why: `"--${name}" takes no value` }];
  return [{ shape, written: `--${name}`, value }];
}

function readLetters(word: string, shapes: readonly OptionShape[]): readonly Found[] {
  const found: Found[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const shape = shapes.find(({ letters }) => letters.includes(letter));
    if (shape === undefined) return [{ why: `"-${letter}" is no option here` }];
    const behind = word.slice(at + 1);
    const value = shape.takesValue && behind !== '' ? behind.replace(/^=/, '') : undefined;
    found.push({ shape, written: `-${letter}`, value });
    if (shape.takesValue) break;
  }
  return found;
}
