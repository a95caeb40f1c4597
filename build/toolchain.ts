import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The compiler and the sources of the engine. */
export interface Toolchain {
  /** The directory of quickjs.c. */
  readonly engine: string;
  /**
   * The directory of a modified quickjs.c, in which the engine can request each block of memory separately, and of
   * native/engine.c, which includes it.
   */
  readonly switched: string;
  /** Compiles and links C; all paths are absolute. */
  readonly cc: (args: readonly string[]) => void;
}

/** The processors for which dan is built, by the compiler's names. */
export type Processor = 'x86_64' | 'aarch64';

/**
 * Installs the compiler and the engine's sources, with pinned versions and checksums, in a directory that later builds
 * reuse. `DAN_QUICKJS` names a directory with other sources.
 */
export function prepareToolchain(): (processor: Processor) => Toolchain {
  const directory = installed();
  const engine = process.env['DAN_QUICKJS'] ?? engineIn(join(directory, 'engine'));
  if (!existsSync(join(engine, 'quickjs.c'))) throw new Error(`${engine} has no quickjs.c: see DAN_QUICKJS`);
  const python = join(directory, 'python', 'bin', 'python3');
  // The compiler caches its output, so a later build takes seconds, also one in another clone: the compiler finds what it
  // compiled before by the paths of the sources and by the directory in which it runs.
  const env = { ZIG_GLOBAL_CACHE_DIR: join(cache(), 'zig'), ZIG_LOCAL_CACHE_DIR: join(cache(), 'zig') };
  const switched = withSwitch(readFileSync(join(engine, 'quickjs.c'), 'utf8'));
  return (processor) => ({
    engine,
    switched,
    cc: (args) => {
      runProgram(python, ['-m', 'ziglang', 'cc', '-target', `${processor}-linux-musl`, ...args], { env, cwd: '/' });
    },
  });
}

function cache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dan-build');
}

// The name depends on the files that pin the contents, so that a directory never has a mixture of versions.
function installed(): string {
  const pins = ['requirements.txt', 'engine.txt'].map((name) => readFileSync(join(here, name)));
  const hash = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 12);
  const directory = join(cache(), `toolchain-${hash}`);
  if (existsSync(join(directory, 'ready'))) return directory;
  process.stderr.write('Installing the compiler and the engine of build/*.txt ...\n');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  install(directory);
  return directory;
}

function install(directory: string): void {
  const python = join(directory, 'python');
  const pip = [join(python, 'bin', 'pip'), '--quiet', '--disable-pip-version-check'] as const;
  const [program, ...options] = pip;
  runProgram('python3', ['-m', 'venv', python]);
  runProgram(program, [...options, 'install', '--require-hashes', '--no-deps', '-r', join(here, 'requirements.txt')]);
  const download = join(directory, 'download');
  const asSource = ['--require-hashes', '--no-deps', '--no-build-isolation', '--no-binary', ':all:'];
  runProgram(program, [...options, 'download', ...asSource, '-d', download, '-r', join(here, 'engine.txt')]);
  const [archive = ''] = readdirSync(download);
  const unpacked = join(directory, 'unpacked');
  mkdirSync(unpacked);
  runProgram('tar', ['-xzf', join(download, archive), '-C', unpacked]);
  renameSync(unpacked, join(directory, 'engine'));
  rmSync(download, { recursive: true });
  runProgram('touch', [join(directory, 'ready')]);
}

/**
 * The engine has a compile-time switch that lets AddressSanitizer see each block of memory. This makes it a variable:
 * native/snapshot.c places each block separately, and a call allocates small blocks in pages.
 */
function withSwitch(source: string): string {
  const [before, after, ...more] = source.split('#define JS_ARENA_LARGE_BLOCKS_ONLY 0\n');
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error('quickjs.c has no such switch for blocks of memory: see withSwitch in build/toolchain.ts');
  const files = {
    'quickjs.c': `${before}#define JS_ARENA_LARGE_BLOCKS_ONLY engine_asks_for_each_block\n${after}`,
    'engine.c': readFileSync(join(here, '../native/engine.c'), 'utf8'),
    'engine.h': readFileSync(join(here, '../native/engine.h'), 'utf8'),
  };
  // The path must be the same in each clone of the project, since the compiler's cache depends on it.
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  const directory = join(cache(), `engine-${hash}`);
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    // What is rewritten is compiled anew.
    if (existsSync(join(directory, name))) continue;
    const fresh = join(directory, `${name}.${process.pid}`);
    writeFileSync(fresh, text);
    renameSync(fresh, join(directory, name));
  }
  return directory;
}

function engineIn(directory: string): string {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).find(
    ({ name }) => name === 'quickjs.c',
  );
  if (found === undefined) throw new Error(`there is no quickjs.c below ${directory}`);
  return found.parentPath;
}
