import { describe, expect, it } from 'vitest';
import { type Command, WrongUse } from '../../src/command/command.ts';
import { readArguments } from '../../src/cli/arguments.ts';

const command: Command = {
  name: 'weigh',
  summary: 'weighs things',
  description: [],
  arguments: [
    { name: 'THING', kind: 'file' },
    { name: 'PLACE', kind: 'directory', optional: true },
  ],
  options: [
    { name: 'json', help: 'as JSON' },
    { name: 'unit', help: 'of the answer', value: { name: 'UNIT', kind: ['gram', 'tonne'] } },
    { name: 'using', help: 'how', value: { name: 'WORDS', kind: 'text', dashes: true } },
  ],
  examples: [],
  load: () => Promise.resolve(() => 0),
};
const many: Command = { ...command, name: 'sum', arguments: [{ name: 'THING', kind: 'file', repeated: true }] };
const read = (...line: string[]) => readArguments(line, [command, many]);
const words = (...line: string[]) => {
  const asked = read(...line);
  if (asked.do !== 'run') throw new Error(`${line.join(' ')} asks for ${asked.do}`);
  const { arguments: given, switches, values } = asked.words;
  return { name: asked.command.name, given, switches: [...switches], values: Object.fromEntries(values) };
};

describe('a command line', () => {
  it('has arguments, switches and values, in any order', () => {
    const expected = { name: 'weigh', given: ['stone', 'moon'], switches: ['json'], values: { unit: 'gram' } };
    expect(words('weigh', 'stone', 'moon', '--json', '--unit', 'gram')).toEqual(expected);
    expect(words('weigh', '--unit=gram', 'stone', '--json', 'moon')).toEqual(expected);
  });

  it('may leave optional arguments out, and repeat the last where that is allowed', () => {
    expect(words('weigh', 'stone').given).toEqual(['stone']);
    expect(words('sum', 'a', 'b', 'c').given).toEqual(['a', 'b', 'c']);
  });

  it('may have a value that begins with a dash, where an option takes any', () => {
    const expected = { given: ['stone'], switches: [], values: { using: '--json -x' } };
    expect(words('weigh', '--using', '--json -x', 'stone')).toMatchObject(expected);
    expect(words('weigh', 'stone', '--using=--json -x')).toMatchObject(expected);
    expect(words('weigh', '--using', '--json', 'stone').values).toEqual({ using: '--json' });
    expect(words('weigh', '--', '--using', '-x').given).toEqual(['--using', '-x']);
    expect(() => read('weigh', 'stone', '--using')).toThrow('the value is missing: --using WORDS');
    expect(() => read('weigh', 'stone', '--unit', '-x')).toThrow('if "-x" is the value, write --unit=-x');
  });

  it('takes a dash for stdin, and everything after two dashes as it is', () => {
    expect(words('weigh', '-').given).toEqual(['-']);
    expect(words('weigh', '--', '--json', '--help')).toMatchObject({ given: ['--json', '--help'], switches: [] });
  });

  it.each([[['--help']], [['-h']], [['help']], [[]]])('%j asks for help about all', (line) => {
    expect(readArguments(line, [command])).toEqual({ do: 'help', about: [command] });
  });

  it.each([[['weigh', '--help']], [['weigh', 'stone', '-h']], [['help', 'weigh']], [['weigh', '--nonsense', '-h']]])(
    '%j asks for help about the command',
    (line) => {
      expect(readArguments(line, [command])).toEqual({ do: 'help', about: command });
    },
  );

  it('asks for the version', () => {
    expect(read('--version')).toEqual({ do: 'version' });
  });
});

describe('a command of two words', () => {
  const family = ['net add', 'net del'].map((name) => ({ ...command, name }));
  const all = [command, ...family];

  it('is found by both, and what follows is its own', () => {
    expect(readArguments(['net', 'del', 'stone'], all)).toMatchObject({ do: 'run', command: family[1] });
  });

  it('has help of its own, and help with the others of its family', () => {
    expect(readArguments(['net', 'add', '--help'], all)).toEqual({ do: 'help', about: family[0] });
    expect(readArguments(['help', 'net', 'add'], all)).toEqual({ do: 'help', about: family[0] });
    expect(readArguments(['net', '--help'], all)).toEqual({ do: 'help', about: family });
    expect(readArguments(['help', 'net'], all)).toEqual({ do: 'help', about: family });
  });

  it.each([
    [['net'], 'dan net: write one of add, del after it'],
    [['net', 'ad'], 'dan net: "ad" is not one of its commands (did you mean "add"?); write one of add, del after it'],
    [['nett', 'add'], '"nett" is not a command of dan (did you mean "net"?)'],
  ])('%j is told why', (line, why) => {
    expect(() => readArguments(line, all)).toThrow(why);
  });
});

describe('a wrong command line', () => {
  it.each([
    [['wiegh'], '"wiegh" is not a command of dan (did you mean "weigh"?)'],
    [['measure'], '"measure" is not a command of dan; "dan --help" lists all commands'],
    [['weigh'], 'dan weigh: THING is missing; see "dan weigh --help"'],
    [['weigh', 'a', 'b', 'c'], '"c" is one word too many'],
    [['weigh', 'a', '--jsno'], 'there is no option "--jsno" (did you mean "--json"?)'],
    [['weigh', 'a', '--weight=3'], 'there is no option "--weight"'],
    [['weigh', 'a', '--unit'], 'the value is missing: --unit UNIT'],
    [['weigh', 'a', '--json=yes'], '--json takes no value'],
    [['weigh', 'a', '-x'], 'there is no option "-x"; write "--" before an argument that begins with a dash'],
  ])('%j is told why', (line, why) => {
    expect(() => readArguments(line, [command])).toThrow(WrongUse);
    expect(() => readArguments(line, [command])).toThrow(why);
  });
});
