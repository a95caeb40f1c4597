import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseOddSandbox, wholeSandboxId } from '../../../src/kata-ipvs/place/sandbox-name.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dan-sandboxes-'));
  for (const path of ['run/vc/sbs/6ec7a98f', 'run/vc/sbs/6ec1', 'run/kata/6ec7b', 'run/kata/ab', 'run/kata/abc']) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'shim-monitor.sock'), '');
  }
  for (const odd of ['$(id)', '`id`', ' -x', ';id', '\n', '*', "'", 'ä']) {
    mkdirSync(join(root, `run/kata/odd${odd}`));
    writeFileSync(join(root, `run/kata/odd${odd}/shim-monitor.sock`), '');
  }
  // What a sandbox that has ended leaves.
  mkdirSync(join(root, 'run/kata/6ec7a98e'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('a sandbox', () => {
  it.each([
    ['6ec7a98', '6ec7a98f'],
    ['6ec7b', '6ec7b'],
    ['ab', 'ab'],
    ['abc', 'abc'],
    ['7', '7'],
    // Names that need quoting are not ids.
    ['odd', 'odd'],
    ['6ec7a98e', '6ec7a98e'],
  ])('that is called %s is %s', (word, id) => {
    expect(wholeSandboxId(word, { root })).toBe(id);
  });

  it('that is called by what several begin with is none', () => {
    expect(() => wholeSandboxId('6ec7', { root })).toThrow('2 running sandboxes begin with 6ec7: give more of the id');
  });

  it('has a name that needs no quoting', () => {
    for (const name of ['6ec7a98', 'a', `A_.-${'x'.repeat(196)}`])
      expect(() => {
        refuseOddSandbox(name);
      }).not.toThrow();
    for (const name of ['', '-a', '.', '../a', 'a b', 'a;b', 'a\n', 'ä'])
      expect(() => {
        refuseOddSandbox(name);
      }).toThrow('must start with a letter or digit');
    expect(() => {
      refuseOddSandbox('x'.repeat(201));
    }).toThrow('must have at most 200 characters');
  });
});
