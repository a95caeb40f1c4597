import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseMac } from '../../src/model/mac.ts';
import { verdict } from './verdict.ts';

const form = 'must be six two-digit hexadecimal octets separated by ":", like 02:5c:1e:07:9a:41';
const multicast = 'is a multicast address: the lowest bit of the first octet must be 0';

describe('parseMac', () => {
  it.each([
    ['02:5c:1e:07:9a:41', '02:5c:1e:07:9a:41'],
    ['02:5C:1E:07:9A:41', '02:5c:1e:07:9a:41'],
    ['00:00:00:00:00:01', '00:00:00:00:00:01'],
    ['fe:ff:ff:ff:ff:ff', 'fe:ff:ff:ff:ff:ff'],
  ])('%s is %s', (text, mac) => {
    expect(verdict(parseMac(text))).toBe(mac);
  });

  it.each([
    ['', form],
    ['xx:xx:xx:xx:xx', form],
    ['02:5c:1e:07:9a', form],
    ['02:5c:1e:07:9a:41:00', form],
    ['2:5c:1e:7:9a:41', form],
    ['02-5c-1e-07-9a-41', form],
    ['025c1e079a41', form],
    ['02:5c:1e:07:9a:4g', form],
    ['02:5c:1e:07:9a:+1', form],
    ['02:5c:1e:07:9a:41\n', form],
    [' 02:5c:1e:07:9a:41', form],
    [0x025c, form],
    [null, form],
    [undefined, form],
    ['00:00:00:00:00:00', 'must not be all zero'],
    ['ff:ff:ff:ff:ff:ff', multicast],
    ['01:00:5e:00:00:01', multicast],
    ['03:00:00:00:00:00', multicast],
  ])('refuses %j', (text, why) => {
    expect(verdict(parseMac(text))).toBe(`refused: ${why}`);
  });

  it('accepts any case and returns lower case, and refuses multicast and zero', () => {
    const octet = fc.nat(255).map((value) => value.toString(16).padStart(2, '0'));
    const cased = fc.tuple(fc.array(octet, { minLength: 6, maxLength: 6 }), fc.array(fc.boolean(), { minLength: 17 }));
    fc.assert(
      fc.property(cased, ([octets, upper]) => {
        const lower = octets.join(':');
        const text = Array.from(lower)
          .map((letter, at) => (upper[at] === true ? letter.toUpperCase() : letter))
          .join('');
        const sound = Number.parseInt(lower.slice(0, 2), 16) % 2 === 0 && /[1-9a-f]/.test(lower);
        const parsed = parseMac(text);
        expect(parsed.ok ? parsed.value : undefined).toBe(sound ? lower : undefined);
        if (parsed.ok) expect(parseMac(parsed.value)).toEqual(parsed);
      }),
    );
  });
});
