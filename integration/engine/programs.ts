import { fileURLToPath } from 'node:url';
import { buildExecutable } from '../../build/executable.ts';
import type { Processor } from '../../build/toolchain.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds a program for the executable's host out of a module of the tests, and gives its path. */
export async function buildForHost(entry: string, name: string, processor: Processor = 'x86_64'): Promise<string> {
  const outfile = `${root}dist/tests/${name}`;
  await buildExecutable({ entry, outfile, processor, isPlugin: false });
  return outfile;
}
