import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';
import type { Toolchain } from './toolchain.ts';

const native = fileURLToPath(new URL('../native/', import.meta.url));

/** Files of the host that a program without a snapshot does not need. */
const forSnapshot = ['heap.c', 'snapshot.c'] as const;

/** Files of the engine other than quickjs.c, which native/engine.c includes. */
const engineFiles = ['dtoa.c', 'libregexp.c', 'libunicode.c'] as const;

/** Tools of the build, which are not part of an executable. */
const tools = ['compile.c', 'written-pages.c'] as const;

const common = [
  ...['-O3', '-D_GNU_SOURCE', '-fno-sanitize=all', '-fno-pie', '-ffunction-sections', '-fdata-sections'],
  // The compiler keeps frame pointers otherwise. The engine then executes 3 % more instructions.
  '-fomit-frame-pointer',
];
const ours = ['-std=c23', '-Wall', '-Wextra', '-Werror', '-fstack-protector-strong'];
const theirs = ['-std=gnu11', '-w', '-DQUICKJS_NG_BUILD'];
const linking = ['-static', '-no-pie', '-s', '-Wl,--gc-sections', '-Wl,-z,relro,-z,now', '-Wl,-z,noexecstack'];

/** What is linked into an executable in addition to the host. */
interface Contents {
  /** Size of the section for the snapshot. */
  readonly arenaBytes: number;
  /** Paths of the embedded files. */
  readonly parts: readonly string[];
}

/** Compiles the engine into a directory, and returns the object files. */
export function compileEngine({ cc, engine, switched }: Toolchain, directory: string): readonly string[] {
  mkdirSync(directory, { recursive: true });
  const objects = [
    ...engineFiles.map((name) => compileOne(cc, join(engine, name), directory, [...common, ...theirs])),
    compileOne(cc, join(switched, 'engine.c'), directory, [...common, ...theirs, `-I${engine}`]),
  ];
  return objects;
}

/** Links the tools of the build: `compile` and `written-pages`. */
export function linkTools({ cc, engine }: Toolchain, objects: readonly string[], directory: string): void {
  for (const tool of tools) {
    const needs = tool === 'compile.c' ? objects : [];
    const program = join(directory, basename(tool, '.c'));
    cc([...common, ...ours, `-I${engine}`, join(native, tool), ...needs, '-static', '-no-pie', '-o', program]);
  }
}

/** Links the host with an empty snapshot. */
export function linkHost(
  { cc, engine }: Toolchain,
  objects: readonly string[],
  { arenaBytes, parts }: Contents,
  directory: string,
  program: string,
): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'parts.c'), partsSource(parts));
  const flags = [...common, ...ours, `-I${engine}`, `-I${native}`, `-DARENA_BYTES=${arenaBytes}`];
  // One run of the compiler: it takes longer to start than to find what it compiled before.
  const sources = [...hostFiles().map((name) => join(native, name)), join(directory, 'parts.c')];
  cc([...flags, ...linking, ...sources, ...objects, '-o', program]);
}

/**
 * Links a program for tests that evaluates its modules at each start. The compiler adds checks for every access to
 * memory and for undefined behavior. This uses gcc, whose libraries for these checks are not static.
 */
export function linkSanitized(engine: string, parts: readonly string[], directory: string, program: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'parts.c'), partsSource(parts));
  const watched = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];
  const flags = [...watched, '-O1', '-g', '-D_GNU_SOURCE', '-DWITHOUT_SNAPSHOT', `-I${engine}`, `-I${native}`];
  const gcc = (args: readonly string[]): string => runProgram('gcc', args);
  const hosts = [...hostFiles().filter((name) => !isForSnapshot(name)), 'parts.c'].map((name) => {
    const object = join(directory, `${name}.o`);
    const source = name === 'parts.c' ? join(directory, name) : join(native, name);
    gcc([...flags, '-std=gnu2x', '-Wall', '-Wextra', '-c', source, '-o', object]);
    return object;
  });
  const engines = [...engineFiles.map((name) => join(engine, name)), join(native, 'engine.c')].map((source) => {
    const object = join(directory, `${basename(source)}.o`);
    gcc([...flags, ...theirs, '-c', source, '-o', object]);
    return object;
  });
  gcc([...watched, ...hosts, ...engines, '-lm', '-o', program]);
}

function isForSnapshot(name: string): boolean {
  return forSnapshot.some((one) => one === name);
}

/** The files of the host. */
function hostFiles(): readonly string[] {
  const others: readonly string[] = [...tools, 'engine.c'];
  return readdirSync(native)
    .filter((name) => name.endsWith('.c') && !others.includes(name))
    .sort();
}

/** C code with files as the table `parts` of native/host.h. */
function partsSource(parts: readonly string[]): string {
  const lines = parts.flatMap((path, index) => [
    `__asm__(".pushsection .rodata.parts,\\"a\\",%progbits\\n.balign 8\\npart_${index}: .incbin \\"${path}\\"\\npart_${index}_end:\\n.popsection");`,
    `extern const unsigned char part_${index}[], part_${index}_end[] __attribute__((visibility("hidden")));`,
  ]);
  const rows = parts.map((path, index) => `{"${basename(path)}", part_${index}, part_${index}_end},`);
  return ['#include "host.h"', ...lines, 'const struct part parts[] = {', ...rows, '{0}};', ''].join('\n');
}

function compileOne(cc: Toolchain['cc'], source: string, directory: string, flags: readonly string[]): string {
  const object = join(directory, `${basename(source, '.c')}.o`);
  cc([...flags, '-c', source, '-o', object]);
  return object;
}
