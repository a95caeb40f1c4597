import type { Network } from './cidr.ts';
import { type Family, type Ip, partsOf } from './ip.ts';

/** The key under which a network is stored: its bits up to its prefix, as text. */
export interface NetworkKey {
  readonly family: Family;
  readonly prefix: number;
  readonly start: string;
}

/** The key of a network. Bits of the address after the prefix do not count. */
export function networkKey(network: Network): NetworkKey {
  const { family, prefix } = network;
  return { family, prefix, start: new Starts(network).of(prefix) };
}

/**
 * A map from networks to values. {@link find} returns the value of the most specific network that contains an address.
 * The lookup goes by prefix length, so it is as fast for thousands of networks as for a few.
 */
export class Networks<T> {
  readonly #byFamily: Readonly<Record<Family, ByLength<T>>> = { 4: new ByLength(), 6: new ByLength() };

  /** The value of a network. */
  get({ family, prefix, start }: NetworkKey): T | undefined {
    const { lengths, tables } = this.#byFamily[family];
    return tables[lengths.indexOf(prefix)]?.get(start);
  }

  /** Sets the value of a network. */
  set({ family, prefix, start }: NetworkKey, value: T): void {
    this.#byFamily[family].tableOf(prefix).set(start, value);
  }

  /** The value of the smallest network that contains an address. */
  find(ip: Ip): T | undefined {
    const { lengths, tables } = this.#byFamily[ip.family];
    const starts = new Starts(ip);
    for (let at = 0; at < tables.length; at++) {
      const value = tables[at]?.get(starts.of(lengths[at] ?? 0));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** The prefix lengths in use, the longest first, and for each length the values of its networks. */
class ByLength<T> {
  readonly lengths: number[] = [];
  readonly tables: Map<string, T>[] = [];

  tableOf(prefix: number): Map<string, T> {
    const there = this.tables[this.lengths.indexOf(prefix)];
    if (there !== undefined) return there;
    const table = new Map<string, T>();
    const at = this.lengths.filter((length) => length > prefix).length;
    this.lengths.splice(at, 0, prefix);
    this.tables.splice(at, 0, table);
    return table;
  }
}

/** The first bits of an address as text. A lookup asks for up to 129 lengths, so the address is parsed only once. */
class Starts {
  readonly #parts: readonly number[];
  readonly #width: 8 | 16;
  /** At index n, the text of the first n whole parts. */
  readonly #whole: string[] = [''];

  constructor(ip: Ip) {
    this.#parts = partsOf(ip);
    this.#width = ip.family === 4 ? 8 : 16;
    for (const part of this.#parts) this.#whole.push(`${this.#whole.at(-1) ?? ''}${part}.`);
  }

  of(bits: number): string {
    const width = this.#width;
    const rest = bits % width;
    const at = (bits - rest) / width;
    const whole = this.#whole[at] ?? '';
    return rest === 0 ? whole : `${whole}${(this.#parts[at] ?? 0) >> (width - rest)}`;
  }
}
