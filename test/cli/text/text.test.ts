import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns } from '../../../src/cli/text/columns.ts';
import { painter } from '../../../src/cli/text/paint.ts';
import { printable } from '../../../src/cli/text/printable.ts';
import { wrap } from '../../../src/cli/text/wrap.ts';

describe('columns', () => {
  it('are as wide as their widest cell, and nothing follows the last', () => {
    expect(columns([['a', 'bbb', 'c'], ['aaaa', '', 'c'], ['a']])).toBe('a     bbb  c\naaaa       c\na');
  });

  it('are not moved by colours', () => {
    const red = painter(true)('bad', 'a');
    expect(
      columns([
        [red, 'x'],
        ['bb', 'x'],
      ]),
    ).toBe(`${red}   x\nbb  x`);
  });
});

describe('colours', () => {
  it('are left out where nobody sees them', () => {
    expect(painter(false)('bad', 'text')).toBe('text');
    expect(painter(true)('bad', 'text')).toBe('\u001B[31mtext\u001B[39m');
  });
});

describe('a paragraph', () => {
  it('is broken at spaces, and keeps its words', () => {
    expect(wrap('one two three', 7)).toBe('one two\nthree');
    expect(wrap('one twothreefour five', 6, '  ')).toBe('  one\n  twothreefour\n  five');
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
        fc.integer({ min: 9, max: 40 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width).split('\n');
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe("somebody else's text", () => {
  it.each([
    ['a\u001B[31mb', String.raw`a\u{1b}[31mb`],
    ['a\nb', String.raw`a\u{a}b`],
    ['a\u202Eb', String.raw`a\u{202e}b`],
    ['grün 漢', 'grün 漢'],
  ])('%j cannot move the cursor', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
