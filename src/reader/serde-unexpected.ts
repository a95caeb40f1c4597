import type { JsonNode } from './json-tree.ts';

/** A JSON number as serde_json holds it: u64 or i64 where it fits one, otherwise f64. */
export type RustNumber =
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number };

/**
 * The number that serde_json makes of a token (`parse_any_number`): 1.0, -0 and what passes 64 bits are floats.
 * Undefined where it is out of range.
 */
export function parseRustNumber(token: string): RustNumber | undefined {
  if (/^-?\d+$/.test(token) && token !== '-0') {
    const value = BigInt(token);
    if (value >= -(1n << 63n) && value < 1n << 64n) return { kind: 'integer', value };
  }
  const value = Number(token);
  return Number.isFinite(value) ? { kind: 'float', value } : undefined;
}

/** What serde says it found (`de::Unexpected`, with serde_json's `null` for a unit). */
export function unexpected(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return `boolean \`${node.value ? 'true' : 'false'}\``;
    case 'number': {
      const number = parseRustNumber(node.text);
      if (number?.kind === 'integer') return `integer \`${number.value.toString()}\``;
      return `floating point \`${rustFloat(number?.value ?? 0)}\``;
    }
    case 'string':
      return `string ${rustDebug(node.value)}`;
    case 'array':
      return 'sequence';
    case 'object':
      return 'map';
  }
}

/** A float as Rust's `Display` prints it: the shortest digits that read back the same, never with an exponent. */
function rustFloat(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`.replace(/^(-?0)\.0+$/, '$1');
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A string as Rust's `Debug` prints it; of the characters it escapes as unprintable, the controls only. */
function rustDebug(value: string): string {
  const names: Record<string, string> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\0': '\\0',
  };
  const escaped = value.replace(/["\\\p{Cc}]/gu, (char) => names[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`);
  return `"${escaped}"`;
}
