import { parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';

/** Reads the value of an option; what comes of it is the text that the program is given. */
export type ParseValue = (text: string) => Parsed<string>;

/** Reads one of a few words. */
export function oneOf(words: readonly string[]): ParseValue {
  const rule = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ');
  return (text) => (words.includes(text) ? accept(text) : reject(`must be ${rule}, not "${text}"`));
}

/** Reads a decimal number without sign and leading zeros, from `least` to `most`. */
export function wholeNumber(least: number, most: number): ParseValue {
  return (text) => {
    const value = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? accept(text)
      : reject(`must be a whole number from ${least} to ${most}, not "${text}"`);
  };
}

const parsePort = wholeNumber(1, 65_535);

/** Reads `ip:port`, or `[ip]:port` for IPv6; no names, and the port from 1 to 65535. */
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
