import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLine } from '../../../src/cli/run.ts';

/** The output of a dan command line, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a dan command line with a document on stdin, or in a file in its own directory. */
export async function runOn(
  words: readonly string[],
  document: unknown,
  place: { readonly file?: string } = {},
): Promise<Ran> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const printed = { out: '', err: '' };
  const directory = mkdtempSync(join(tmpdir(), 'dan-test-'));
  try {
    if (place.file !== undefined) writeFileSync(join(directory, place.file), text);
    const code = await runLine([...words, place.file ?? '-'], {
      print: (more) => (printed.out += more),
      warn: (more) => (printed.err += more),
      readInput: () => new TextEncoder().encode(text),
      colours: false,
      directory,
      executable: undefined,
    });
    return { code, ...printed };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A report with its lines joined, so that line breaks do not matter. */
export function unwrapped({ out }: Ran): string {
  return out.replace(/\s+/g, ' ');
}
