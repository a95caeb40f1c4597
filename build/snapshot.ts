import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section, sectionOf } from './elf.ts';
import { runProgram } from './run-program.ts';

const page = 4096;

/**
 * Has a program with an empty snapshot evaluate the modules in a directory, and gives what its memory is then. `places` says
 * where each block lies (build/layout.ts); empty: each on pages of its own.
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

/** Puts a snapshot into a program, and erases what took it. */
export function fillIn(program: string, snapshot: Buffer, outfile: string): void {
  const file = readFileSync(program);
  const room = sectionOf(file, '.snapshot');
  if (snapshot.length > room.size)
    throw new Error(`the snapshot of ${snapshot.length} bytes has room for ${room.size}`);
  snapshot.copy(file, room.offset);
  const build = sectionOf(file, '.build');
  // Zero is an undefined instruction of AArch64; of x86-64 it is 0xcc that stops a program.
  file.fill(file.readUInt16LE(18) === 62 ? 0xcc : 0, build.offset, build.offset + build.size);
  writeFileSync(outfile, file, { mode: 0o755 });
}

/** What a call wrote of the arena, page by page, and how many pages of what comes after it. */
export interface WrittenPages {
  readonly arena: readonly number[];
  readonly live: number;
}

/** The ranges of a program's memory that native/written-pages.c is asked about. */
export function watchedRanges(program: string): readonly [arena: Section, live: Section] {
  const file = readFileSync(program);
  return [sectionOf(file, '.snapshot'), sectionOf(file, '.live')];
}

/** Reads what native/written-pages.c wrote. */
export function readWrittenPages(path: string): WrittenPages {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const pages = (range: string): number[] =>
    lines.filter((line) => line.startsWith(`${range} `)).map((line) => Number(line.slice(2)));
  return { arena: pages('0'), live: Math.max(-1, ...pages('1')) + 1 };
}

/** How many pages a call writes: of the arena, from its beginning, and of what comes after it. */
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

/** Bytes that the section for a snapshot of this length needs. */
export function roomFor(length: number): number {
  return Math.ceil(length / page) * page;
}
