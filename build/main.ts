import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from './bundle.ts';
import { buildExecutable, buildSanitized } from './executable.ts';
import { collectPackages } from './packages.ts';
import { writeBillOfBundle, writeBillOfExecutable } from './papers.ts';
import type { Processor } from './toolchain.ts';

// Builds dist/dan and dist/dan.mjs; with `--arch aarch64` only dist/dan-aarch64, with `--sanitize` only
// dist/dan-sanitized. Each program except the last one gets a bill of materials, and dist/SHA256SUMS lists them all.

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const entry = 'src/main.ts';

const asked = process.argv.slice(2).join(' ');
switch (asked) {
  case '':
    await executable('dan', 'x86_64');
    await programForNode('dan.mjs');
    break;
  case '--arch aarch64':
    await executable('dan-aarch64', 'aarch64');
    break;
  case '--sanitize':
    await buildSanitized(entry, join(dist, 'dan-sanitized'));
    break;
  default:
    process.stderr.write('usage: npm run build [-- --arch aarch64 | -- --sanitize]\n');
    process.exitCode = 2;
}

async function executable(name: string, processor: Processor): Promise<void> {
  const { plugin, paths } = collectPackages();
  const outfile = join(dist, name);
  await buildExecutable({ entry, outfile, processor, isPlugin: true, plugins: [plugin] });
  writeBillOfExecutable(outfile, paths());
}

async function programForNode(name: string): Promise<void> {
  const { plugin, paths } = collectPackages();
  const outfile = join(dist, name);
  await bundleForNode(outfile, [plugin]);
  writeBillOfBundle(outfile, paths());
}
