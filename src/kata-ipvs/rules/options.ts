import { decimalNumber } from '../../model/decimal.ts';
import { parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';

/** An option of a program and its spellings. */
export interface OptionShape {
  /** Without the dashes. */
  readonly name: string;
  /** The letters that stand for it, such as `Ll`. If empty, it has only its name. */
  readonly letters: string;
  readonly takesValue: boolean;
}

/** Parsed words: options by name, with '' as the value of an option that takes none, and the remaining words. */
export interface GivenOptions {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Splits a text at white space. There is no quoting, because no value contains white space. */
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
 * Reads words as popt does, the library with which ipvsadm reads its own: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-n=value`, and letters combined in one word if all but the last take no value. Unlike in popt, an option
 * may be given only once.
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

/** An option as written in a word, with the value that is in the same word. */
interface Found {
  readonly written: string;
  readonly value?: string | undefined;
  /** undefined if there is no such option. */
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

/** Parses the value of an option into the text that is passed to the program. */
export type ParseValue = (text: string) => Parsed<string>;

/** A parser that accepts one of a few words. */
export function oneOf(words: readonly string[]): ParseValue {
  const rule = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ');
  return (text) => (words.includes(text) ? accept(text) : reject(`must be ${rule}, not "${text}"`));
}

/** A parser that accepts a decimal number without sign or leading zeros, from `least` to `most`. */
export function wholeNumber(least: number, most: number): ParseValue {
  return (text) => {
    const value = decimalNumber(text);
    return value !== undefined && value >= least && value <= most
      ? accept(text)
      : reject(`must be a whole number from ${least} to ${most}, not "${text}"`);
  };
}

const parsePort = wholeNumber(1, 65_535);

/** Parses `ip:port`, or `[ip]:port` for IPv6. Names are refused; the port is 1 to 65535. */
export function parseEndpoint(text: string): Parsed<string> {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text) ?? [];
  const address = bracketed ?? bare;
  if (address === undefined || digits === undefined) {
    return reject(`must be IP:PORT, or [IP]:PORT for IPv6, not "${text}"`);
  }
  const ip = parseIp(address);
  if (!ip.ok) return reject(`"${text}": the address ${ip.why}`);
  const isIpv6 = ip.value.family === 6;
  if (isIpv6 !== (bracketed !== undefined)) {
    return reject(`"${text}": an IPv6 address stands in brackets, and no other does`);
  }
  const port = parsePort(digits);
  if (!port.ok) return reject(`"${text}": the port ${port.why}`);
  return accept(`${isIpv6 ? `[${ip.value.text}]` : ip.value.text}:${port.value}`);
}
