import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Option } from '../../src/command/command.ts';
import { readOptions } from '../../src/cli/read-options.ts';

const options: readonly Option[] = [
  { name: 'json', help: '' },
  { name: 'dry-run', help: '' },
  { name: 'unit', help: '', value: { name: 'UNIT', kind: 'text' } },
  { name: 'root', help: '', value: { name: 'DIRECTORY', kind: 'directory' } },
];
const any: Option = { name: 'using', help: '', value: { name: 'WORDS', kind: 'text', dashes: true } };

const told = (work: () => object): object => {
  try {
    return work();
  } catch (error) {
    // Node forgets the quote at the end of one text.
    return { fault: error instanceof Error ? error.message.replace(/"'$/, '"') : error };
  }
};

function asNode(line: readonly string[], known: readonly Option[]): object {
  return told(() => {
    const types = known.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const);
    const config = { args: [...line], options: Object.fromEntries(types), strict: true, allowPositionals: true };
    const { positionals, values } = parseArgs(config);
    return { positionals, values: { ...values } };
  });
}

function asHere(line: readonly string[], known: readonly Option[]): object {
  return told(() => {
    const { positionals, switches, values } = readOptions(line, known);
    const given = [...[...switches].map((name) => [name, true] as const), ...values];
    return { positionals, values: Object.fromEntries(given) };
  });
}

// Node says `--` where the name of a word is empty that has two equals signs.
const word = fc.oneof(
  fc.constantFrom('--json', '--unit', '--root', '--dry-run', '--', '-', '--=', '--=x', '--a=b=c', '-x', '-xy', '', 'a'),
  fc.constantFrom(
    '--unit=',
    '--unit=-x',
    '--unit==',
    '--json=yes',
    '--jsno',
    '--__proto__',
    '--toString=1',
    '---',
    '-é',
  ),
  fc.stringMatching(/^-{0,3}[a-z=é]{0,6}$/).filter((one) => !/^--=.*=/.test(one)),
);

it('lines are read as parseArgs of Node reads them, in its words', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (line) => {
      expect(asHere(line, options)).toEqual(asNode(line, options));
    }),
    { numRuns: 2000 },
  );
});

it('an option that takes any word is read as one whose value is behind "="', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), word, fc.array(word, { maxLength: 3 }), (before, value, after) => {
      fc.pre(!before.includes('--') && !before.some((one) => one === '--unit' || one === '--root'));
      const known = [...options, any];
      expect(asHere([...before, '--using', value, ...after], known)).toEqual(
        asNode([...before, `--using=${value}`, ...after], known),
      );
    }),
  );
});
