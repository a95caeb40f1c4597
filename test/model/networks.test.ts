import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasHostBits, type Network, networkOf } from '../../src/model/cidr.ts';
import { networkKey, Networks } from '../../src/model/networks.ts';
import { addressAndPrefix, sameNetwork, textOfBits } from './address-bits.ts';
import { ip } from './parsed-address.ts';

function network(text: string, prefix: number): Network {
  return { ...ip(text), prefix };
}

/** Addresses whose bits seldom change, so that many are in a network of another one. */
const alike = fc
  .record({ length: fc.constantFrom<32 | 128>(32, 128), bits: fc.array(fc.boolean(), { maxLength: 8 }) })
  .chain(({ length, bits }) =>
    fc
      .record({
        at: fc.array(fc.nat(length - 1), { minLength: bits.length, maxLength: bits.length }),
        prefix: fc.nat(length),
      })
      .map(({ at, prefix }) => ({
        length,
        prefix,
        text: textOfBits(
          at.reduce((sum, one) => sum | (1n << BigInt(one)), length === 32 ? 0n : 0x20010db8n << 96n),
          length,
        ),
      })),
  );

test('an address is found in the smallest network that contains it', () => {
  fc.assert(
    fc.property(fc.array(alike, { maxLength: 30 }), alike, (known, asked) => {
      const networks = new Networks<string>();
      const all = known.map(({ text, prefix, length }) => ({ ...network(text, prefix), length }));
      for (const one of all) networks.set(networkKey(one), `${networkOf(one).text}/${one.prefix}`);
      const around = all
        .filter(({ length }) => length === asked.length)
        .filter(({ text, prefix, length }) => sameNetwork(text, asked.text, prefix, length))
        .sort((a, b) => b.prefix - a.prefix)[0];
      const expected = around && `${networkOf(around).text}/${around.prefix}`;
      expect(networks.find(network(asked.text, 0))).toBe(expected);
      for (const one of all) expect(networks.get(networkKey(one))).toBe(`${networkOf(one).text}/${one.prefix}`);
    }),
    { numRuns: 2000 },
  );
});

test('an address has host bits if it differs from the start of its network', () => {
  fc.assert(
    fc.property(fc.oneof(addressAndPrefix, alike), ({ text, prefix }) => {
      const address = network(text, prefix);
      expect(hasHostBits(address)).toBe(networkOf(address).text !== address.text);
      expect(hasHostBits(networkOf(address))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
