import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Terminal } from '../../src/command/command.ts';
import { givenPath } from '../../src/command/given-path.ts';
import { runLine } from '../../src/cli/run.ts';

const document = '{"netns": null, "devices": []}';
const printed: string[] = [];
/** A terminal whose working directory was deleted. */
const terminal: Terminal = {
  print: (text) => printed.push(text),
  warn: (text) => printed.push(text),
  readInput: () => new TextEncoder().encode(`\uFEFF${document}`),
  colours: false,
  executable: undefined,
  get directory(): string {
    throw new Error('the working directory is gone');
  },
};

it('a path begins where the terminal is, unless it begins at the root', () => {
  expect(givenPath('../b/./c', { directory: '/a' })).toBe('/b/c');
  expect(givenPath('', { directory: '/a' })).toBe('/a');
  expect(givenPath('/b//c/', terminal)).toBe('/b/c');
  expect(() => givenPath('b', terminal)).toThrow('the working directory is gone');
});

it('a command needs no working directory for stdin and for paths from the root', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dan-path-'));
  try {
    writeFileSync(join(directory, 'file.json'), document);
    expect(await runLine(['validate', '-'], terminal)).toBe(
      await runLine(['validate', join(directory, 'file.json')], terminal),
    );
    expect(await runLine(['doctor', '--root', directory], terminal)).toBe(1);
    expect(await runLine(['uninstall', '--dry-run', '--root', directory], terminal)).toBe(0);
    expect(printed.join('')).not.toContain('is gone');
    expect(await runLine(['validate', 'file.json'], terminal)).toBe(1);
    expect(printed.at(-1)).toContain('the working directory is gone');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
