import { expect, it } from 'vitest';
import { allFaults } from '../../../src/cli/validate/network/all-faults.ts';
import { protocolError } from '../../../src/protocol/error.ts';
import type { JsonObject } from '../../../src/json/object.ts';

/** A reader that refuses the first of these that holds. */
function reader(
  rules: readonly (readonly [message: (document: JsonObject) => string, holds: (document: JsonObject) => boolean])[],
) {
  return (document: JsonObject): void => {
    const rule = rules.find(([, holds]) => holds(document));
    if (rule !== undefined) throw protocolError('invalid-configuration', rule[0](document));
  };
}

const messages = (document: JsonObject, read: (document: JsonObject) => void): readonly string[] =>
  allFaults(document, read).map(({ message }) => message);

it('finds what a reader that throws the first alone would refuse next', () => {
  const read = reader([
    [() => 'a and b', ({ a, b }) => a !== undefined && b !== undefined],
    [() => 'c', ({ c }) => c !== undefined],
    [
      ({ list }) => `the element ${String((list as string[])[0])}`,
      ({ list }) => Array.isArray(list) && list.length > 0,
    ],
  ]);
  expect(messages({ a: 1, b: 1, c: 1, list: ['x', 'y'] }, read)).toEqual([
    'a and b',
    'c',
    'the element x',
    'the element y',
  ]);
  expect(messages({ a: 1 }, read)).toEqual([]);
});

it('takes nothing for a fault that only its own looking makes', () => {
  const read = reader([[({ queues = 1 }) => `queues ${String(queues)} is not 2`, ({ queues = 1 }) => queues !== 2]]);
  expect(messages({ queues: 4, mtu: 1 }, read)).toEqual(['queues 4 is not 2']);
});

it('lets what is no refusal through', () => {
  const fails = (): void => {
    throw new Error('a bug');
  };
  expect(() => allFaults({}, fails)).toThrow('a bug');
});
