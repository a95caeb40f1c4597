import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const programs = ['dan', 'dan-aarch64', 'dan.mjs'].filter((name) => existsSync(`${dist}${name}`));

interface Bill {
  readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } };
  readonly components: readonly { readonly name: string; readonly version?: string }[];
}

test('SHA256SUMS has what was built, as sha256sum reads it', async () => {
  const { stdout } = await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: dist });
  expect(stdout.split('\n')).toEqual(programs.flatMap((name) => [`${name}: OK`, `${name}.cdx.json: OK`]));
});

test.each(programs)('the bill of materials of %s is of this file, and names what is in it', (name) => {
  const { metadata, components } = JSON.parse(readFileSync(`${dist}${name}.cdx.json`, 'utf8')) as Bill;
  const content = createHash('sha256')
    .update(readFileSync(`${dist}${name}`))
    .digest('hex');
  expect(metadata.component.hashes).toEqual([{ alg: 'SHA-256', content }]);
  const names = components.map((component) => component.name);
  for (const part of ['leven', 'smol-toml', 'zod', name === 'dan.mjs' ? 'execa' : 'quickjs-ng']) {
    expect(names).toContain(part);
  }
  expect(names.includes('musl')).toBe(name !== 'dan.mjs');
});
