import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section, sectionOf } from './elf.ts';
import { runProgram } from './run-program.ts';

const page = 4096;

/**
 * Runs a program with an empty snapshot, which evaluates the modules in a directory, and returns its memory after that.
 * `places` has the place of each block (build/layout.ts); if it is empty, each block gets its own pages.
 */
export function takeSnapshot(
  run: readonly string[],
  program: string,
  directory: string,
  entry: string,
  places: Buffer,
): Buffer {
  const [output, given] = [join(directory, 'snapshot'), join(directory, 'places')];
  writeFileSync(given, places);
  const [first, ...others] = [...run, program, directory, entry, output, given];
  runProgram(first, others);
  return readFileSync(output);
}

/** Puts a snapshot into a program, and erases the code that took it. */
export function fillIn(program: string, snapshot: Buffer, outfile: string): void {
  const file = readFileSync(program);
  const room = sectionOf(file, '.snapshot');
  if (snapshot.length > room.size)
    throw new Error(`the snapshot of ${snapshot.length} bytes has room for ${room.size}`);
  snapshot.copy(file, room.offset);
  const build = sectionOf(file, '.build');
  // Zero is an undefined instruction on AArch64; on x86-64, 0xcc stops a program.
  file.fill(file.readUInt16LE(18) === 62 ? 0xcc : 0, build.offset, build.offset + build.size);
  writeFileSync(outfile, file, { mode: 0o755 });
}

/** The pages of the arena that a call wrote, and the number of pages that it wrote in `live`, the memory of calls. */
export interface WrittenPages {
  readonly arena: readonly number[];
  readonly live: number;
}

/** The memory ranges of a program that native/written-pages.c watches. */
export function watchedRanges(program: string): readonly [arena: Section, live: Section] {
  const file = readFileSync(program);
  return [sectionOf(file, '.snapshot'), sectionOf(file, '.live')];
}

/** Reads the output of native/written-pages.c. */
export function readWrittenPages(path: string): WrittenPages {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const pages = (range: string): number[] =>
    lines.filter((line) => line.startsWith(`${range} `)).map((line) => Number(line.slice(2)));
  return { arena: pages('0'), live: Math.max(-1, ...pages('1')) + 1 };
}

/** How many pages a call writes at the beginning of the arena, and of `live`. */
export interface HotPages {
  readonly arena: number;
  readonly live: number;
}

/** Writes into a program how many pages a call writes: VERSION, ADD, any other. */
export function fillInHotPages(program: string, calls: readonly HotPages[]): void {
  const file = readFileSync(program);
  const { offset } = sectionOf(file, '.hot');
  calls
    .flatMap(({ arena, live }) => [arena, live])
    .forEach((pages, index) => {
      file.writeUInt16LE(pages, offset + 2 * index);
    });
  writeFileSync(program, file, { mode: 0o755 });
}

/** The size in bytes of the section for a snapshot of this length. */
export function roomFor(length: number): number {
  return Math.ceil(length / page) * page;
}
