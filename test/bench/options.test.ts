import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Options, parseOptions } from '../../bench/options.ts';

const parse = (...words: string[]): Options => parseOptions(words, '/built/dan', 5);

test('everything is measured in forty rounds unless told otherwise', () => {
  expect(parse()).toEqual({
    task: 'measure',
    rounds: 40,
    seed: 5,
    sections: ['size', 'instructions', 'calls', 'load', 'packets', 'growth', 'hotplug'],
    program: '/built/dan',
  });
  expect(parse('--rounds', '3', '--seed', '9', '--only', 'load', '--program', 'other/dan')).toEqual({
    task: 'measure',
    rounds: 3,
    seed: 9,
    sections: ['load'],
    program: resolve('other/dan'),
  });
});

test('several sections are run in their own order, however they are named', () => {
  expect(parse('--only', 'load,instructions,size')).toMatchObject({ sections: ['size', 'instructions', 'load'] });
});

test('two results are compared', () => {
  expect(parse('--compare', 'a.json', 'b.json')).toEqual({ task: 'compare', a: 'a.json', b: 'b.json' });
});

test.each([
  [['--rounds', '0'], '--rounds 0: it takes a whole number from 1 on'],
  [['--seed', '1.5'], '--seed 1.5: it takes a whole number from 0 on'],
  [['--only', 'everything'], 'sections: size, instructions, calls, load, packets, growth'],
  [['--only', 'calls,'], '--only calls,: there is no section ""'],
  [['--compare', 'a.json'], '--compare takes two results'],
  [['a.json'], 'a.json: nothing can be made of this'],
  [['--round', '3'], "Unknown option '--round'"],
])('%j is refused', (words, message) => {
  expect(() => parse(...words)).toThrow(message);
});
