import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Loaded before dan's sources, so that these run directly. main.ts has replaced their types by blanks, so that V8's
// offsets match those of the sources. What the build embeds as text is text here, too.
const sources = new URL('../../src/', import.meta.url).href;
const stripped = new URL('../../dist/coverage/src/', import.meta.url).href;

registerHooks({
  load(url, context, next) {
    const read = (file: string): string => readFileSync(fileURLToPath(file), 'utf8');
    const loaded = (source: string) => ({ format: 'module', source, shortCircuit: true }) as const;
    if (/\.conflist$|\/deploy\/host\//.test(url)) return loaded(`export default ${JSON.stringify(read(url))}`);
    if (url.startsWith(sources) && url.endsWith('.ts')) return loaded(read(url.replace(sources, stripped)));
    return next(url, context);
  },
});
