import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { type Command, type Option, WrongUse } from '../../src/command/command.ts';

const options: readonly Option[] = [
  { name: 'json', help: '' },
  { name: 'dry-run', help: '' },
  { name: 'unit', help: '', value: { name: 'UNIT', kind: 'text' } },
  { name: 'root', help: '', value: { name: 'DIRECTORY', kind: 'directory' } },
];
const any: Option = { name: 'using', help: '', value: { name: 'WORDS', kind: 'text', dashes: true } };

/** The parsed line, or a refusal. */
type Outcome = 'refused' | { readonly positionals: readonly string[]; readonly values: object };

function byNode(line: readonly string[], known: readonly Option[]): Outcome {
  const types = known.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const);
  const config = { args: [...line], options: Object.fromEntries(types), strict: true, allowPositionals: true };
  try {
    const { positionals, values } = parseArgs(config);
    return { positionals, values: { ...values } };
  } catch {
    return 'refused';
  }
}

function byDan(line: readonly string[], known: readonly Option[]): Outcome {
  const command: Command = {
    name: 'weigh',
    summary: '',
    description: [],
    arguments: [{ name: 'THING', kind: 'text', optional: true, repeated: true }],
    options: known,
    examples: [],
    load: () => Promise.resolve(() => 0),
  };
  try {
    const asked = readArguments(['weigh', ...line], [command]);
    if (asked.do !== 'run') throw new Error(`${line.join(' ')} asks for ${asked.do}`);
    const { arguments: positionals, switches, values } = asked.words;
    return {
      positionals,
      values: Object.fromEntries([...[...switches].map((name) => [name, true] as const), ...values]),
    };
  } catch (error) {
    if (error instanceof WrongUse) return 'refused';
    throw error;
  }
}

// -h asks for help, which Node does not know. Node parses `--=a=b` differently.
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
  fc.stringMatching(/^-{0,3}[a-z=é]{0,6}$/).filter((one) => !/^--=.*=|^-h$|^--help$/.test(one)),
);

it('a command line is read as parseArgs of Node reads it', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (line) => {
      expect(byDan(line, options)).toEqual(byNode(line, options));
    }),
    { numRuns: 2000 },
  );
});

it('an option whose value may begin with a dash is read like --option=value', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), word, fc.array(word, { maxLength: 3 }), (before, value, after) => {
      fc.pre(!before.includes('--') && !before.some((one) => one === '--unit' || one === '--root'));
      const known = [...options, any];
      expect(byDan([...before, '--using', value, ...after], known)).toEqual(
        byNode([...before, `--using=${value}`, ...after], known),
      );
    }),
  );
});
