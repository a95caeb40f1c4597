import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonFault } from '../../src/json/strict.ts';

describe('a JSON text that would become something else', () => {
  it.each([
    ['{"a":1,"a":2}', 'it has the key "a" twice in one object'],
    ['{"a":1,"\\u0061":2}', 'it has the key "a" twice in one object'],
    ['{"x":[{"b":{"c":1,"d":[],"c":2}}]}', 'it has the key "c" twice in one object'],
    ['{"":1,"":2}', 'it has the key "" twice in one object'],
    ['{"__proto__":{}}', 'it has the key "__proto__"'],
    ['{"a":{"__pro\\u0074o__":1}}', 'it has the key "__proto__"'],
    ['{"a":1e999}', 'the number 1e999 is too large'],
    ['[-1E+400]', 'the number -1E+400 is too large'],
    ['['.repeat(101), 'it is nested more than 100 levels deep'],
    ['{"a":'.repeat(10_000), 'it is nested more than 100 levels deep'],
  ])('%.60s', (text, fault) => {
    expect(jsonFault(text)).toBe(fault);
  });
});

describe('a JSON text that is what it says', () => {
  it.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"a":"b","b":"a","c":["a","a","a"]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}","b":"1e999"}',
    '{"a":"\\\\","b":"\\\\\\""}',
    '{"a":1e308,"b":-0.5E-7}',
    '{"proto":1,"constructor":2,"hasOwnProperty":3}',
    '['.repeat(100) + ']'.repeat(100),
    // Texts that are not JSON are left to the parser, which says where.
    '{"a"',
    '{"a":1',
    '"a',
    '\\',
    '{"\\ud800":1}}}}',
    '',
  ])('%.60s', (text) => {
    expect(jsonFault(text)).toBeUndefined();
  });

  it('is whatever a writer of JSON makes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(text.includes('__proto__') ? undefined : jsonFault(text)).toBeUndefined();
      }),
    );
  });

  it('is told in one look, however it is made', () => {
    const hostile = ['"\\"'.repeat(500_000), `"${'\\"'.repeat(500_000)}`, '{'.repeat(99) + '"'.repeat(1_000_000)];
    for (const text of hostile) expect(jsonFault(text)).toBeUndefined();
  });
});
