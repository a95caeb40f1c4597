import { decimalNumber } from '../model/decimal.ts';
import type { DecoderName, Field, Text, Whole } from './format.ts';

/** What a reader of the format as it was first published finds wrong with a text; undefined if nothing. */
export function publishedTextFault(value: string, field: Field & Text): string | undefined {
  // In this format, an empty text means that something is left out.
  if (field.check === undefined || (value === '' && field.required === undefined)) return undefined;
  // Thousands of routes have the same gateway.
  if (sound.get(field) === value) return undefined;
  const checked = field.check(value);
  if (!checked.ok) return `${JSON.stringify(value)} ${checked.why}`;
  sound.set(field, value);
  return undefined;
}

/** The last text of each field that its check accepted. */
const sound = new Map<Field, string>();

/**
 * Whether a decoder accepts a JSON number for a field. Numbers above 2^53 lose precision, but no rule here depends on
 * that.
 */
export function isWhole(text: string, { bits, signedInGo }: Whole, reader: DecoderName): boolean {
  // Nearly all numbers have 31 bits at most, and every decoder accepts these.
  if ((decimalNumber(text) ?? Infinity) < 2 ** 31) return true;
  // An unknown reader may read numbers as JavaScript does, in which 1.0 and 1e3 are whole.
  if (reader === 'generic') return Number.isSafeInteger(Number(text)) && Number(text) >= 0;
  if (reader === 'go' && signedInGo) return /^-?\d+$/.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text);
  return /^\d+$/.test(text) && BigInt(text) < 1n << BigInt(bits);
}

/** The values that a decoder accepts for a field, in a sentence. */
export function wanted(field: Field, reader: DecoderName): string {
  if (field.is !== 'whole')
    return { text: 'a text', list: 'a list', struct: 'an object', ignored: 'left out' }[field.is];
  return `a whole number,${reader === 'go' && field.signedInGo ? '' : ' 0 or more,'} of ${field.bits} bits`;
}
