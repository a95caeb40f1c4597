import type { Network } from './cidr.ts';
import { type Family, type Ip, partsOf } from './ip.ts';

/** What a network is looked up by: its bits up to its prefix, as a text. */
export interface NetworkKey {
  readonly family: Family;
  readonly prefix: number;
  readonly start: string;
}

/** The key of a network; what an address has behind the prefix does not count. */
export function networkKey(network: Network): NetworkKey {
  const { family, prefix } = network;
  return { family, prefix, start: new Starts(network).of(prefix) };
}

/**
 * Networks, each with something that belongs to it, in which that of an address is found by the lengths of their prefixes: as
 * fast for thousands of networks as for a few.
 */
export class Networks<T> {
  readonly #byFamily: Readonly<Record<Family, ByLength<T>>> = { 4: new ByLength(), 6: new ByLength() };

  /** What a network has. */
  get({ family, prefix, start }: NetworkKey): T | undefined {
    const { lengths, tables } = this.#byFamily[family];
    return tables[lengths.indexOf(prefix)]?.get(start);
  }

  /** Gives a network what it has. */
  set({ family, prefix, start }: NetworkKey, value: T): void {
    this.#byFamily[family].tableOf(prefix).set(start, value);
  }

  /** What the smallest network has that an address is in. */
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

/** The prefix lengths that there are, the longest first, and for each what its networks have. */
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

/** The first bits of an address as texts. An address is looked up by up to 129 of them, and read only once. */
class Starts {
  readonly #parts: readonly number[];
  readonly #width: 8 | 16;
  /** The text of so many whole parts. */
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
