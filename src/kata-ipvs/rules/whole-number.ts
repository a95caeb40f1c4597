import { accept, type Parsed, reject } from '../../model/parsed.ts';

/** Parses a decimal number without sign and leading zeros, from `least` to `most`. */
export function parseWholeNumber(text: string, least: number, most: number): Parsed<number> {
  const value = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? accept(value)
    : reject(`must be a whole number from ${least} to ${most}, not "${text}"`);
}
