import { resolve } from 'node:path';
import { executable } from '../integration/harness/plugin.ts';
import { measure } from './measure.ts';
import { type Options, parseOptions } from './options.ts';
import { comparison } from './report/compare.ts';
import { readResult, writeResult } from './report/files.ts';
import { table } from './report/table.ts';

const results = resolve(import.meta.dirname, 'results');

try {
  await run(parseOptions(process.argv.slice(2), executable, Date.now() % 2 ** 32));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(options: Options): Promise<void> {
  switch (options.task) {
    case 'compare':
      process.stdout.write(comparison(await readResult(options.a), await readResult(options.b)));
      return;
    case 'measure': {
      if (process.getuid?.() !== 0) throw new Error('The benchmark makes network namespaces and taps: run it as root.');
      process.stderr.write(`seed ${options.seed}: the same order again with --seed ${options.seed}\n`);
      const result = await measure(options, tell);
      tell('');
      process.stdout.write(table(result));
      const paths = await writeResult(results, result);
      process.stderr.write(`written: ${paths.join(', ')}\n`);
      return;
    }
    default:
      options satisfies never;
  }
}

/** Shows progress in one line on a terminal; elsewhere, only the result is printed. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
