import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseInterfaceName } from '../../src/model/interface-name.ts';
import { parseSandboxId } from '../../src/model/identity.ts';
import { verdict } from './verdict.ts';

const letters = 'must start with a letter and hold only letters, digits, "_", "-", "."';
const long = 'must have at most 15 characters, the limit of Linux for every interface';

describe('parseInterfaceName', () => {
  it.each(['eth0', 'e', 'E', 'br-lan.20', 'a_b', 'dan0123456789a', 'a'.repeat(15), 'a..', 'a-'])(
    'accepts %s',
    (name) => {
      expect(verdict(parseInterfaceName(name))).toBe(name);
    },
  );

  it.each([
    ['', letters],
    ['0eth', letters],
    ['-eth', letters],
    ['--help', letters],
    ['.', letters],
    ['..', letters],
    ['.eth', letters],
    ['_eth', letters],
    ['eth/0', letters],
    ['eth:0', letters],
    ['eth 0', letters],
    ['eth0\n', letters],
    ['eth\0', letters],
    ['ëth0', letters],
    ['eth0@if3', letters],
    ['a'.repeat(16), long],
    [5, 'must be a string'],
    [null, 'must be a string'],
    [undefined, 'must be a string'],
  ])('refuses %j', (name, why) => {
    expect(verdict(parseInterfaceName(name))).toBe(`refused: ${why}`);
  });

  it('accepts no name that is an option, a path, two words or two lines, or too long for the kernel', () => {
    const near = fc.stringMatching(/^[a-zA-Z]?[a-z0-9_.\-/: \n;]{0,16}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const parsed = parseInterfaceName(text);
        if (!parsed.ok) return;
        expect(parsed.value).toBe(text);
        expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(15);
        expect(text.startsWith('-') || text === '.' || text === '..').toBe(false);
        expect(/[^\w.-]/.test(text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  [200, true],
  [201, false],
])('a sandbox id of %i characters names a file: %s', (length, fits) => {
  const id = 'a'.repeat(length);
  expect(parseSandboxId(id)).toEqual(
    fits ? { ok: true, value: id } : { ok: false, why: 'must have at most 200 characters: it names a file' },
  );
});
