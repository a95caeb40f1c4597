import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/cli/explain/find.ts';
import { columns } from '../../../src/cli/text/columns.ts';
import { withoutControlSequences } from '../../../src/cli/text/control-sequences.ts';
import { painter } from '../../../src/cli/text/paint.ts';
import { printable, printableLines } from '../../../src/command/printable.ts';
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
    const parts = ['then', '("ip link set br0 up")', 'or', '`ip link`,', 'it is 5"', 'long'];
    expect(wrap(parts.join(' '), 12).split('\n')).toEqual(parts);
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

describe('what leaves for a terminal', () => {
  const text = '\u001B[31mred\u001B[39m\n\tline\r\u001B[2J\u001B[1;31m\u0000\u007F\u0085\u200F\u{E0041}';
  const rest = String.raw`\u000d\u001b[2J\u001b[1;31m\u0000\u007f\u0085\u200f\udb40\udc41`;

  it('keeps lines, tabs, and colours where they are wanted', () => {
    expect(printableLines(text, true)).toBe(`\u001B[31mred\u001B[39m\n\tline${rest}`);
    expect(printableLines(text, false)).toBe(`${String.raw`\u001b[31mred\u001b[39m`}\n\tline${rest}`);
  });

  it('is the same JSON', () => {
    const document = { [text]: [text] };
    const printed = printableLines(JSON.stringify(document, null, 2), true);
    expect(printed).toMatch(/^[\n -~]+$/);
    expect(JSON.parse(printed)).toEqual(document);
  });
});

describe("somebody else's text", () => {
  it.each([
    ['a\u001B[31mb', String.raw`a\u001b[31mb`],
    ['a\nb', String.raw`a\u000ab`],
    ['a\u202Eb', String.raw`a\u202eb`],
    ['grün 漢', 'grün 漢'],
  ])('%j cannot move the cursor', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('control sequences', () => {
  it.each([
    ['a\u001B[1;31mred\u001B[0m b', 'ared b'],
    ['\u001B[38;2;1;2;3mcolour\u001B[m', 'colour'],
    ['\u001B[38:5:1mcolour\u001B[?25l\u001B[>c', 'colour'],
    ['\u009B31mred', 'red'],
    ['a\u001B]0;a title\u0007b', 'ab'],
    ['\u001B]8;;https://example.org/?a=b#c\u001B\\link\u001B]8;;\u001B\\', 'link'],
    ['a\u001BPq#0;2;0\u001B\\b', 'ab'],
    ['a\u009D0;title\u009Cb', 'ab'],
    ['a\u001B(Bb\u001B7c\u001BMd\u001Bce', 'abcde'],
    ['a\u001B]0;no end', 'a0;no end'],
    ['a\u001B[12', 'a12'],
    ['a[31mb', 'a[31mb'],
  ])('%j are gone', (text, left) => {
    expect(withoutControlSequences(text)).toBe(left);
  });

  it('are gone as Node has them gone, where dan colours', () => {
    const painted = fc.tuple(fc.constantFrom('bad', 'faint', 'good', 'strong', 'warning'), fc.string());
    fc.assert(
      fc.property(fc.array(painted), (all) => {
        const text = all.map(([meaning, one]) => painter(true)(meaning, one)).join(' ');
        expect(withoutControlSequences(text)).toBe(all.map(([, one]) => one).join(' '));
        expect(stripVTControlCharacters(text)).toBe(all.map(([, one]) => one).join(' '));
      }),
    );
  });

  it('leave nothing in a text to explain that a terminal obeys, whatever it is', () => {
    const part = fc.constantFrom(
      '\u001B',
      '[',
      ']',
      'P',
      '\u009B',
      '\u009D',
      '\u009C',
      '\u0007',
      '3',
      ';',
      'm',
      '?',
      ' ',
      'a',
      '\\',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(plainText(parts.join(''))).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 1000 },
    );
  });

  it('cost no more than their length', () => {
    for (const part of ['\u001B]', '\u009D', '\u001B[1;', '\u001B(', '\u001BP\u001B']) {
      // Processor time, since the machine may be busy with others.
      const before = process.cpuUsage();
      withoutControlSequences(part.repeat(500_000));
      expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
    }
  });
});
