import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recordedKinds } from '../../src/kinds/table.ts';
import { kindQuestions } from './questions.ts';

// Finds code outside src/kinds that asks which kind a device is (docs/architecture.md).

const root = fileURLToPath(new URL('../../', import.meta.url));

const exclude = [
  'src/kinds/**',
  // The kernel names links with some of the same words, and the DAN file devices.
  'src/host/**',
  'src/dan/encode.ts',
  'src/reader/**',
  'src/cli/validate/dan-file/**',
];

const names = Object.keys(recordedKinds);
const lines = globSync('src/**/*.ts', { cwd: root, exclude })
  .sort()
  .flatMap((file) =>
    kindQuestions(readFileSync(root + file, 'utf8'), names).map(({ line, text }) => `${file}:${line}: ${text}`),
  );
if (lines.length > 0) {
  process.stderr.write(
    `${lines.join('\n')}\nAsk src/kinds/kinds.ts: src/kinds alone says what differs between kinds.\n`,
  );
  process.exitCode = 1;
}
