import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from './bundle.ts';
import { buildExecutable, buildSanitized } from './executable.ts';

// Builds dist/dan and dist/dan.mjs; with `--arch aarch64` dist/dan-aarch64 alone, with `--sanitize` dist/dan-sanitized.

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const entry = 'src/main.ts';

const asked = process.argv.slice(2).join(' ');
switch (asked) {
  case '':
    await buildExecutable({ entry, outfile: join(dist, 'dan'), processor: 'x86_64', isPlugin: true });
    await bundleForNode(join(dist, 'dan.mjs'));
    break;
  case '--arch aarch64':
    await buildExecutable({ entry, outfile: join(dist, 'dan-aarch64'), processor: 'aarch64', isPlugin: true });
    break;
  case '--sanitize':
    await buildSanitized(entry, join(dist, 'dan-sanitized'));
    break;
  default:
    process.stderr.write('usage: npm run build [-- --arch aarch64 | -- --sanitize]\n');
    process.exitCode = 2;
}
