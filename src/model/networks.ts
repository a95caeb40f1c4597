import type { Network } from './cidr.ts';
import type { Family, Ip } from './ip.ts';

/** The key under which a network is stored: the parts of its address (octets or groups) up to its prefix. */
export interface NetworkKey {
  readonly family: Family;
  /** The parts that are wholly in the prefix, as the units of an {@link Ip}. */
  readonly whole: string;
  /** The part in which the prefix ends, as {@link endOf} returns it; 0 if the prefix ends between two parts. */
  readonly end: number;
}

/** The key of a network. Bits of the address after the prefix do not count. */
export function networkKey(network: Network): NetworkKey {
  const { family, prefix, units } = network;
  const width = widthOf(family);
  const rest = prefix % width;
  const depth = (prefix - rest) / width;
  const whole = units.slice(0, depth);
  return { family, whole, end: rest === 0 ? 0 : endOf(units.charCodeAt(depth), rest, width) };
}

/**
 * A map from networks to values. {@link find} returns the value of the most specific network that contains an address.
 * A lookup tries the number of whole parts of each network, at most five or nine, so it is as fast for thousands of
 * networks as for a few.
 */
export class Networks<T> {
  readonly #byFamily: Readonly<Record<Family, (Depth<T> | undefined)[]>> = { 4: [], 6: [] };

  /** The value of a network. */
  get({ family, whole, end }: NetworkKey): T | undefined {
    const depth = this.#byFamily[family][whole.length];
    return end === 0 ? depth?.values.get(whole) : depth?.ends.get(whole)?.get(end);
  }

  /** Sets the value of a network. */
  set({ family, whole, end }: NetworkKey, value: T): void {
    const depths = this.#byFamily[family];
    const { values, ends } = (depths[whole.length] ??= emptyDepth<T>());
    if (end === 0) {
      values.set(whole, value);
    } else {
      const there = ends.get(whole);
      if (there === undefined) ends.set(whole, new Map<number, T>().set(end, value));
      else there.set(end, value);
    }
  }

  /** The value of the smallest network that contains an address. */
  find({ family, units }: Ip): T | undefined {
    const depths = this.#byFamily[family];
    for (let at = depths.length - 1; at >= 0; at--) {
      const depth = depths[at];
      if (depth === undefined) continue;
      const { values, ends } = depth;
      const whole = units.slice(0, at);
      const here = ends.size === 0 ? undefined : ends.get(whole);
      const value = (here && longestOf(here, units.charCodeAt(at), widthOf(family))) ?? values.get(whole);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** The networks with the same number of whole parts. */
interface Depth<T> {
  /** The values of those that end there, by their parts. */
  readonly values: Map<string, T>;
  /** The values of those that end in the next part: by the whole parts, and then by their end. */
  readonly ends: Map<string, Map<number, T>>;
}

function emptyDepth<T>(): Depth<T> {
  return { values: new Map<string, T>(), ends: new Map<string, Map<number, T>>() };
}

function longestOf<T>(values: ReadonlyMap<number, T>, part: number, width: number): T | undefined {
  for (let bits = width - 1; bits > 0; bits--) {
    const value = values.get(endOf(part, bits, width));
    if (value !== undefined) return value;
  }
  return undefined;
}

// The first bits of a part, with a bit before them that tells 1 from 01.
function endOf(part: number, bits: number, width: number): number {
  return (1 << bits) | (part >> (width - bits));
}

function widthOf(family: Family): 8 | 16 {
  return family === 4 ? 8 : 16;
}
