import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';

/** The names of the programs in a build and in a release. */
const programs = { dan: 'dan-linux-x86_64', 'dan-aarch64': 'dan-linux-aarch64', 'dan.mjs': 'dan.mjs' } as const;

const files = Object.keys(programs).flatMap((name) => [name, `${name}.cdx.json`]);

/** Builds the checked-out commit of a repository in a new folder, and returns the folder with the programs. */
export function buildAt(repository: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'source.tar');
  runProgram('git', ['archive', '--output', archive, 'HEAD'], { cwd: repository });
  runProgram('tar', ['--extract', '--file', archive, '--directory', folder]);
  // A copy instead of a link, because the bundler would name the packages by the link's target.
  cpSync(join(repository, 'node_modules'), join(folder, 'node_modules'), {
    recursive: true,
    dereference: true,
  });
  for (const args of [[], ['--arch', 'aarch64']]) {
    // Runs the build directly, since npm would check the packages again.
    runProgram(process.execPath, ['build/main.ts', ...args], { cwd: folder });
  }
  return join(folder, 'dist');
}

/** The files that differ between two builds. */
export function differences(first: string, second: string): readonly string[] {
  return files.filter((name) => !readFileSync(join(first, name)).equals(readFileSync(join(second, name))));
}

/** Copies the programs of a build and their bills of materials into a release's folder, and writes SHA256SUMS. */
export function collect(built: string, release: string): void {
  const lines = Object.entries(programs).flatMap(([name, released]) =>
    ['', '.cdx.json'].map((suffix) => {
      const to = join(release, `${released}${suffix}`);
      copyFileSync(join(built, `${name}${suffix}`), to);
      return `${createHash('sha256').update(readFileSync(to)).digest('hex')}  ${released}${suffix}\n`;
    }),
  );
  writeFileSync(join(release, 'SHA256SUMS'), lines.join(''));
}
