import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section, sectionOf } from './elf.ts';
import { runProgram } from './run-program.ts';

const page = 4096;

/** Has a program with an empty snapshot evaluate the modules in a directory, and gives what its memory is then. */
export function takeSnapshot(run: readonly string[], program: string, directory: string, entry: string): Buffer {
  const output = join(directory, 'snapshot');
  const [first, ...others] = [...run, program, directory, entry, output];
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

/** The most ranges of pages that native/heap.c has room for, in each of two tables. */
const mostRanges = 126;
const tableBytes = 508;

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

/** Writes into a program which pages VERSION writes, and which any other call does. */
export function fillInHotPages(program: string, version: WrittenPages, others: WrittenPages): void {
  const file = readFileSync(program);
  const { offset } = sectionOf(file, '.hot');
  [version, others].forEach((pages, index) => {
    hotTable(pages).copy(file, offset + index * tableBytes);
  });
  writeFileSync(program, file, { mode: 0o755 });
}

// Neighbors are one range, and so are those with one page between them: copying one page costs less than another call.
function hotTable({ arena, live }: WrittenPages): Buffer {
  const ranges: { first: number; pages: number }[] = [];
  for (const at of [...arena].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && at <= last.first + last.pages + 1) last.pages = at - last.first + 1;
    else ranges.push({ first: at, pages: 1 });
  }
  if (ranges.length > mostRanges)
    throw new Error(`a call writes ${ranges.length} ranges of pages, more than there is room`);
  const table = Buffer.alloc(tableBytes);
  table.writeUInt16LE(ranges.length, 0);
  table.writeUInt16LE(live, 2);
  ranges.forEach(({ first, pages }, index) => {
    table.writeUInt16LE(first, 4 + 4 * index);
    table.writeUInt16LE(pages, 6 + 4 * index);
  });
  return table;
}

/** Bytes that the section for a snapshot needs. */
export function roomFor(snapshot: Buffer): number {
  return Math.ceil(snapshot.length / page) * page;
}
