import type { Network } from './cidr.ts';
import { type Family, type Ip, maskIp } from './ip.ts';

/**
 * Networks, each with something that belongs to it, in which that of an address is found by the lengths of their prefixes: as
 * fast for thousands of networks as for a few.
 */
export class Networks<T> {
  /** By family and prefix length, then by the network's text. */
  readonly #tables: Readonly<Record<Family, Map<number, Map<string, T>>>> = { 4: new Map(), 6: new Map() };

  /** What a network has. */
  get({ family, prefix, text }: Network): T | undefined {
    return this.#tables[family].get(prefix)?.get(text);
  }

  /** Gives a network what it has. */
  set({ family, prefix, text }: Network, value: T): void {
    const tables = this.#tables[family];
    const table = tables.get(prefix) ?? new Map<string, T>();
    tables.set(prefix, table.set(text, value));
  }

  /** What the smallest network has that an address is in. */
  find(ip: Ip): T | undefined {
    let longest = -1;
    let found: T | undefined;
    for (const [prefix, table] of this.#tables[ip.family]) {
      if (prefix < longest) continue;
      const value = table.get(maskIp(ip, prefix).text);
      if (value === undefined) continue;
      longest = prefix;
      found = value;
    }
    return found;
  }
}
