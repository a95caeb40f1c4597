import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameJson } from '../../src/json/same.ts';

// Few keys and values, so that many are equal.
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, 1, '', 'a', '__proto__'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { maxKeys: 2 }),
  ),
}));
const anyDocument = anyJson.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

test('sameJson agrees with isDeepStrictEqual of Node', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (one, other) => {
      expect(sameJson(one, other)).toBe(isDeepStrictEqual(one, other));
      expect(sameJson(one, structuredClone(one))).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('the order of keys does not count', () => {
  expect(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
});
