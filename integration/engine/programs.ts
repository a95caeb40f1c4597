import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';
import { buildExecutable } from '../../build/executable.ts';
import type { Processor } from '../../build/toolchain.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds a program for the executable's host from a module, with plugins of the bundler, and returns its path. */
export async function buildForHost(
  entry: string,
  name: string,
  processor: Processor = 'x86_64',
  plugins: readonly Plugin[] = [],
): Promise<string> {
  const outfile = `${root}dist/tests/${name}`;
  await buildExecutable({ entry, outfile, processor, isPlugin: false, plugins });
  return outfile;
}
