import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands, type Environment, parseEnvironment, type Variables } from '../../src/protocol/environment.ts';
import { variables } from './calls.ts';

function parse(command: string, changes: Variables = {}): Environment {
  return parseEnvironment({ CNI_COMMAND: command, ...variables, ...changes });
}

/** The message of the refusal. */
function refusal(command: string, changes: Variables): string {
  try {
    parse(command, changes);
  } catch (error) {
    expect(error).toMatchObject({ name: 'invalid-environment', code: 4 });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was accepted');
}

const nothing = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined, CNI_PATH: undefined };

const wrong = {
  CNI_CONTAINERID: '-x',
  CNI_NETNS: 'netns/pod',
  CNI_IFNAME: 'a/b',
  CNI_ARGS: 'A=b;c',
};

describe('CNI_COMMAND', () => {
  it.each(commands)('%s is known', (command) => {
    expect(parse(command).command).toBe(command);
  });

  it.each(['', 'add', 'Add', 'ADD ', 'UPDATE', 'toString', '__proto__'])('%j is refused', (command) => {
    const names = 'ADD, DEL, CHECK, STATUS, GC, VERSION';
    expect(refusal(command, {})).toBe(`CNI_COMMAND ${JSON.stringify(command)} is unknown: it must be one of ${names}`);
  });

  it('is refused when it is missing', () => {
    expect(() => parseEnvironment(variables)).toThrow('CNI_COMMAND "" is unknown');
  });
});

describe('what each command needs', () => {
  it.each([
    ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
    ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
    ['DEL', ['CNI_CONTAINERID', 'CNI_IFNAME']],
    ['STATUS', []],
    ['GC', []],
    ['VERSION', []],
  ])('%s: %j', (command, needed) => {
    const message = needed.map((variable) => `${variable} is missing`).join('; ');
    for (const absent of [undefined, '']) {
      const none = Object.fromEntries(Object.keys(nothing).map((variable) => [variable, absent]));
      if (needed.length === 0) expect(parse(command, none).command).toBe(command);
      else expect(refusal(command, none)).toBe(`CNI_COMMAND ${command} cannot run: ${message}`);
    }
  });

  it.each([
    ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_ARGS']],
    ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_ARGS']],
    ['DEL', ['CNI_CONTAINERID']],
    ['STATUS', []],
    ['GC', []],
  ])('%s names every wrong one of %j in one message', (command, checked) => {
    if (checked.length === 0) {
      expect(parse(command, wrong).command).toBe(command);
      return;
    }
    const message = refusal(command, wrong);
    expect(Object.keys(wrong).filter((variable) => message.includes(variable))).toEqual(checked);
  });

  it('names missing and wrong ones together', () => {
    const message = refusal('ADD', { ...wrong, CNI_CONTAINERID: undefined });
    expect(message).toBe(
      'CNI_COMMAND ADD cannot run: CNI_CONTAINERID is missing; CNI_NETNS "netns/pod" must be an absolute path; ' +
        'CNI_IFNAME "a/b" must not hold "/", ":" or white space; ' +
        'CNI_ARGS "A=b;c" must be a list of KEY=VALUE separated by ";"',
    );
  });

  it('DEL needs no namespace, no path and no sound CNI_ARGS', () => {
    const environment = parse('DEL', { CNI_NETNS: '', CNI_PATH: undefined, CNI_ARGS: 'nonsense;=;K=v' });
    expect(environment).toMatchObject({ command: 'DEL', netns: '', path: [] });
    expect(environment.args.get('K')).toBe('v');
  });
});

describe('CNI_CONTAINERID', () => {
  it.each(['a', '0', 'a.b', 'A_b-c.d', 'x'.repeat(200)])('%j is accepted', (id) => {
    expect(parse('ADD', { CNI_CONTAINERID: id }).containerId).toBe(id);
  });

  it.each(['.', '..', '-a', '_a', 'a/b', 'a b', 'a\n', 'ä', 'a\0'])('%j is refused', (id) => {
    expect(refusal('DEL', { CNI_CONTAINERID: id })).toContain('must start with a letter or digit');
  });
});

describe('CNI_IFNAME', () => {
  it.each(['eth0', 'e', '0eth', 'a'.repeat(15), '...', 'ä'.repeat(7), '@!'])(
    '%j passes the rule of the spec',
    (ifname) => {
      expect(parse('ADD', { CNI_IFNAME: ifname }).ifname).toBe(ifname);
    },
  );

  it.each([
    ['a'.repeat(16), 'at most 15 bytes'],
    ['ä'.repeat(8), 'at most 15 bytes'],
    ['.', 'must not be "." or ".."'],
    ['..', 'must not be "." or ".."'],
    ['a/b', 'must not hold'],
    ['a:b', 'must not hold'],
    ['a b', 'must not hold'],
    ['a\n', 'must not hold'],
  ])('%j is refused: %s', (ifname, why) => {
    expect(refusal('ADD', { CNI_IFNAME: ifname })).toContain(why);
  });
});

describe('CNI_ARGS', () => {
  it.each([
    ['', {}],
    [';;', {}],
    ['MAC=02:00:00:00:00:01', { MAC: '02:00:00:00:00:01' }],
    ['A=1;B=2', { A: '1', B: '2' }],
    ['B=2;A=1;', { A: '1', B: '2' }],
    ['A=1;A=2;B=3;A=4', { A: '4', B: '3' }],
    ['A=', { A: '' }],
    ['A=b=c', { A: 'b=c' }],
  ])('%j', (text, args) => {
    expect(Object.fromEntries(parse('ADD', { CNI_ARGS: text }).args)).toEqual(args);
  });

  it.each(['A', '=b', 'A=1;B', 'A=1; ;B=2', ' '])('%j is refused', (text) => {
    expect(refusal('CHECK', { CNI_ARGS: text })).toContain('must be a list of KEY=VALUE separated by ";"');
  });

  // CRI-O, and others in Kubernetes, pass the sandbox twice.
  it('says nothing of which sandbox it is', () => {
    const CNI_ARGS = 'K8S_POD_INFRA_CONTAINER_ID=other;K8S_POD_UID=7';
    expect(parse('ADD', { CNI_ARGS }).containerId).toBe(variables.CNI_CONTAINERID);
  });

  it('gives the last value of each key, in whatever order the keys come', () => {
    const key = fc.stringMatching(/^[A-Z0-9_]{1,8}$/);
    const pairs = fc.array(fc.tuple(key, fc.stringMatching(/^[^;\0]{0,8}$/)));
    fc.assert(
      fc.property(pairs, (list) => {
        const { args } = parse('ADD', { CNI_ARGS: list.map(([name, value]) => `${name}=${value}`).join(';') });
        expect(args).toEqual(new Map(list));
      }),
    );
  });
});

describe('the other variables', () => {
  it('keeps the absolute directories of CNI_PATH, in order', () => {
    expect(parse('ADD', { CNI_PATH: '/b:relative::/a:.:/b/c' }).path).toEqual(['/b', '/a', '/b/c']);
  });

  it.each([
    ['1', true],
    ['t', true],
    ['TRUE', true],
    ['true', true],
    ['0', false],
    ['', false],
    ['yes', false],
  ])('takes CNI_NETNS_OVERRIDE %j for %j', (text, override) => {
    expect(parse('ADD', { CNI_NETNS_OVERRIDE: text }).netnsOverride).toBe(override);
  });
});
