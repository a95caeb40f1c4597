import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { plot } from './plot.ts';
import { parseResult, type Result } from './result.ts';
import { table } from './table.ts';

/**
 * Writes a result into a directory, as figures, as a table and as a picture. The name has the day and the commit, and a
 * number if the files exist already. Returns the paths.
 */
export async function writeResult(directory: string, result: Result): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const name = `${directory}/${result.taken.slice(0, 10)}-${result.commit}`;
  let path = name;
  for (let number = 2; existsSync(`${path}.json`); number++) path = `${name}-${number}`;
  await writeFile(`${path}.json`, `${JSON.stringify(result, undefined, 1)}\n`);
  await writeFile(`${path}.md`, table(result));
  await writeFile(`${path}.svg`, plot(result));
  return ['json', 'md', 'svg'].map((ending) => `${path}.${ending}`);
}

/** Reads a result that was written before; throws with its path if it is invalid. */
export async function readResult(path: string): Promise<Result> {
  try {
    return parseResult(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
