import { stat } from 'node:fs/promises';
import { execa } from 'execa';
import type { Row } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';
import { sizeNames, subjects } from '../subjects.ts';
import type { Bench } from './bench.ts';

/** Measures the size of the executable: as a file on a node, and compressed for the download. */
export async function measureSize({ program, tell }: Bench): Promise<readonly Row[]> {
  tell('xz');
  const { size } = await stat(program);
  const packed = await execa('xz', ['-9e', '-c', program], { encoding: 'buffer' });
  return [rowOf(sizeNames.file, size), rowOf(sizeNames.packed, packed.stdout.length)];
}

function rowOf(what: string, bytes: number): Row {
  return { section: 'size', subject: subjects.dan, what, figures: { size: summarize([bytes / 1e6]) } };
}
