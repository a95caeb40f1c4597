import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readResult, writeResult } from '../../bench/report/files.ts';
import { resultOf, row } from './a-result.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dan-results-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('a result is written as figures, table and picture, beside what there is, and read again', async () => {
  const result = resultOf([row('dan', 'VERSION', 5, 'bridge')]);
  const [first = ''] = await writeResult(directory, result);
  await writeResult(directory, { ...result, seed: 8 });
  expect((await readdir(directory)).sort()).toEqual(
    ['-2', ''].flatMap((number) => ['json', 'md', 'svg'].map((ending) => `2026-03-01-abc1234${number}.${ending}`)),
  );
  expect(await readResult(first)).toEqual(result);
});

test('a result from before anything could be left out has left out nothing', async () => {
  const path = join(directory, 'old.json');
  const result = resultOf([row('dan', 'VERSION', 5)]);
  await writeFile(path, JSON.stringify({ ...result, leftOut: undefined }));
  expect(await readResult(path)).toEqual(result);
});

test('what is no result is named, with what is wrong', async () => {
  const path = join(directory, 'other.json');
  await writeFile(path, '{"taken": "yesterday"}');
  await expect(readResult(path)).rejects.toThrow(/other\.json: this is no result of the benchmark:[\s\S]*taken/);
  await expect(readResult(join(directory, 'none.json'))).rejects.toThrow('none.json');
});
