import { expect, it } from 'vitest';
import { billOfMaterials } from '../../build/bill.ts';
import { collectPackages, npmPackages, pipPackages } from '../../build/packages.ts';

it('an npm package has the version, the checksum and the license of the lock file', () => {
  const [zod, ...others] = npmPackages(['node_modules/zod']);
  expect(others).toEqual([]);
  expect(zod).toMatchObject({ name: 'zod', license: 'MIT', purl: `pkg:npm/zod@${zod?.version}` });
  expect(zod?.hash).toEqual({ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) });
});

it('a package with a scope has it in its purl, escaped', () => {
  const [one] = npmPackages(['node_modules/@biomejs/biome']);
  expect(one).toMatchObject({ name: '@biomejs/biome', purl: `pkg:npm/%40biomejs/biome@${one?.version}` });
});

it('a package that the lock file lacks is an error: nothing is known of it', () => {
  expect(() => npmPackages(['node_modules/stranger'])).toThrow('has no node_modules/stranger');
});

it('a package of pip has the one checksum that pip compares', () => {
  expect(pipPackages('engine.txt')).toEqual([
    {
      name: 'quickjs-ng',
      version: expect.stringMatching(/^[\d.]+$/),
      purl: expect.stringMatching(/^pkg:pypi\/quickjs-ng@[\d.]+$/),
      hash: { alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ]);
  expect(pipPackages('requirements.txt').map(({ name }) => name)).toEqual(['ziglang', 'setuptools']);
});

it('the packages of a bundle are called as the lock file calls them, each once', () => {
  const { plugin, paths } = collectPackages();
  const moduleIds = [
    '/clone/src/main.ts',
    '/clone/node_modules/zod/index.js',
    '/clone/node_modules/zod/mini/index.js',
    '/clone/node_modules/@scope/one/index.js',
    '/clone/node_modules/outer/node_modules/@scope/inner/lib/index.js',
    '\0rolldown/runtime.js',
  ];
  const bundle = { 'main.js': { type: 'chunk', moduleIds }, 'main.css': { type: 'asset' } };
  (plugin.generateBundle as (options: unknown, bundle: unknown) => void)({}, bundle);
  expect(paths()).toEqual([
    'node_modules/@scope/one',
    'node_modules/outer/node_modules/@scope/inner',
    'node_modules/zod',
  ]);
});

it('a bill of materials is CycloneDX, and holds no time and no serial number', () => {
  const musl = { name: 'musl', description: 'the C library' };
  const program = { name: 'dan', version: '1.2.3', sha256: 'a'.repeat(64), tools: [] };
  const bill = JSON.parse(
    billOfMaterials({ ...program, parts: [musl, ...npmPackages(['node_modules/zod'])] }),
  ) as object;
  expect(bill).toEqual({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [] },
      component: {
        type: 'application',
        name: 'dan',
        version: '1.2.3',
        hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
      },
    },
    components: [
      { type: 'library', ...musl },
      expect.objectContaining({ name: 'zod', licenses: [{ expression: 'MIT' }], hashes: [expect.anything()] }),
    ],
  });
});
