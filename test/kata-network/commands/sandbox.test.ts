import { describe, expect, it } from 'vitest';

import {
  looksCut,
  sandboxesWithFile,
  sandboxNamed,
  sandboxToStart,
} from '../../../src/kata-network/commands/sandbox.ts';

const [one, two] = [`6ec7a98${'0'.repeat(57)}`, `6ec7b${'0'.repeat(59)}`];
const known = [one, two, one, 'sandbox-10', '.hidden', 'a b'];

describe('a sandbox that is named', () => {
  it.each([
    [one, one],
    ['6ec7a98', one],
    ['6ec7b', two],
    ['sandbox-10', 'sandbox-10'],
    ['sandbox-1', 'sandbox-10'],
    ['s', 'sandbox-10'],
  ])('by %s is %s', (word, id) => {
    expect(sandboxNamed(word, known)).toEqual({ id, isNew: false });
  });

  it('by the whole of its id is none that begins with it', () => {
    expect(sandboxNamed('sandbox-1', [...known, 'sandbox-1'])).toEqual({ id: 'sandbox-1', isNew: false });
  });

  it('may be one that nothing is known of', () => {
    expect(sandboxNamed('other', known)).toEqual({ id: 'other', isNew: true });
  });
});

describe('a sandbox that is to start', () => {
  it.each([
    [one, one, false],
    ['6ec7a98', one, false],
    ['sandbox-10', 'sandbox-10', false],
    // An id that a user chooses is given in full: another sandbox with a similar id may be about to start.
    ['sandbox-1', 'sandbox-1', true],
    ['sandbox-100', 'sandbox-100', true],
    ['6ec7c', '6ec7c', true],
    ['f'.repeat(64), 'f'.repeat(64), true],
    ['a'.repeat(200), 'a'.repeat(200), true],
  ])('named %s is %s, new: %s', (word, id, isNew) => {
    expect(sandboxToStart(word, known)).toEqual({ id, isNew });
  });

  it.each([
    ['abcdef0', true],
    ['6ec7a98', true],
    ['f'.repeat(63), true],
    ['f'.repeat(64), false],
    ['abcdef', false],
    ['sandbox-1', false],
    ['ABCDEF0', false],
  ])('named %s looks cut: %s', (word, cut) => {
    expect(looksCut(word)).toBe(cut);
  });
});

describe.each([sandboxNamed, sandboxToStart])('a word that names no sandbox', (find) => {
  it('begins several ids', () => {
    expect(() => find('6ec7', known)).toThrow(
      expect.objectContaining({ name: 'not-found', message: expect.stringContaining(`${one}, ${two}`) as string }),
    );
  });

  it.each(['-x', '.hidden', 'a b', 'a/b', '../x', '', 'x\u001b[2J', 'a'.repeat(201)])('can be no id: %j', (word) => {
    expect(() => find(word, [])).toThrow(expect.objectContaining({ name: 'invalid-environment' }));
  });
});

it('a sandbox has a file that is named by it, and not one that is being written', () => {
  expect(sandboxesWithFile(['a.json', '.a.json.tmp', '.b.json', 'c.json.tmp', 'd', 'e.f.json'])).toEqual(['a', 'e.f']);
});
