import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildExecutable } from '../../build/executable.ts';
import { executable } from '../harness/plugin.ts';

// On this machine. On another one with the same pinned compiler and engine, only the table of written pages may differ.
test('another build of the executable has the same bytes', async () => {
  const outfile = fileURLToPath(new URL('../../dist/tests/dan-again', import.meta.url));
  await buildExecutable({ entry: 'src/main.ts', outfile, processor: 'x86_64', isPlugin: true });
  expect(readFileSync(outfile).equals(readFileSync(executable))).toBe(true);
});
