import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'bun';
import { recordBytecodeOrder } from './bytecode-order.ts';
import { compile } from './compile.ts';

// Builds dist/dan. The command line is bundled by itself first: what the plugin shares with it would otherwise be cut into
// many small parts, and every one of them takes time to load.

const root = fileURLToPath(new URL('../', import.meta.url));
const parts = `${root}dist/parts`;

await mkdir(parts, { recursive: true });
await build({
  entrypoints: [`${root}src/cli/run.ts`],
  target: 'bun',
  format: 'esm',
  minify: true,
  outdir: parts,
  naming: 'command-line.js',
});

const commandLineApart: Plugin = {
  name: 'command-line-apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/cli\/run\.ts$/ }, () => ({ path: `${parts}/command-line.js` }));
  },
};

// Whoever runs the executable meanwhile never sees half of one.
const fresh = `${root}dist/dan.new`;
const main = `${root}src/main.ts`;
await compile(main, fresh, { plugins: [commandLineApart] });
const bytecodeOrder = recordBytecodeOrder(fresh, parts);
if (bytecodeOrder.length > 0) await compile(main, fresh, { plugins: [commandLineApart], bytecodeOrder });
await rename(fresh, `${root}dist/dan`);
await rm(parts, { recursive: true });
