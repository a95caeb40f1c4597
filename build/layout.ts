/** The pages of a snapshot that calls wrote: one list for each call. */
export interface WrittenBy {
  readonly version: readonly number[];
  readonly adds: readonly (readonly number[])[];
  readonly others: readonly (readonly number[])[];
}

/** The places of the blocks in a snapshot. */
export interface Layout {
  /** The input of native/snapshot.c: the length of the snapshot, then the place of each block by its number, or 0. */
  readonly places: Buffer;
  /** The number of pages at the beginning of the snapshot that contain what a call writes. */
  readonly pages: { readonly version: number; readonly add: number; readonly other: number };
}

/** A block of the engine's memory, in a snapshot in which each block has its own pages. */
interface Block {
  /** Its number among all allocations. */
  readonly number: number;
  /** Including its header. */
  readonly bytes: number;
  readonly firstPage: number;
  readonly pages: number;
}

const page = 4096;

/** Bytes for the struct host of native/host.h. */
const hostRoom = 512;

/** The number of a freed block. */
const gone = 0xffffffff;

/**
 * Puts the blocks that calls write next to each other, since the kernel copies each page that a call writes. First come
 * the blocks that VERSION writes, then those that at least half of all calls write, those of half of the ADDs, those of
 * any call, and the rest. `spread` is a snapshot in which each block has its own pages; `written` refers to its pages.
 */
export function layOut(spread: Buffer, written: WrittenBy): Layout {
  const blocks = blocksOf(spread);
  const writersOf = (calls: readonly (readonly number[])[]): ((block: Block) => number) => {
    const ofCalls = calls.map((pages) => new Set(pages));
    return (block) => ofCalls.filter((pages) => isWritten(block, pages)).length;
  };
  const [version, adds, others] = [[written.version], written.adds, written.others].map(writersOf);
  const rankOf = (block: Block): number => {
    const [byVersion = 0, byAdds = 0, byOthers = 0] = [version, adds, others].map((writers) => writers?.(block));
    const isUsual = (writers: number, calls: number): boolean => writers > 0 && 2 * writers >= calls;
    if (byVersion > 0) return 0;
    if (isUsual(byAdds + byOthers, written.adds.length + written.others.length)) return 1;
    if (isUsual(byAdds, written.adds.length)) return 2;
    return byAdds + byOthers > 0 ? 3 : 4;
  };
  const ranks = blocks.map(rankOf);
  const words = new Uint32Array(2 + Math.max(...blocks.map(({ number }) => number)));
  let place = hostRoom;
  const ends = [0, 1, 2, 3, 4].map((rank) => {
    for (const { number, bytes } of blocks.filter((_, index) => ranks[index] === rank)) {
      words[1 + number] = place;
      place += bytes;
    }
    return Math.ceil(place / page);
  });
  words[0] = place;
  const [ofVersion = 0, other = 0, add = 0] = written.adds.length === 0 ? [] : ends;
  return { places: Buffer.from(words.buffer), pages: { version: ofVersion, add, other } };
}

// The first page belongs to the host.
function blocksOf(spread: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = page; at < spread.length; ) {
    const [bytes, number] = [8 + spread.readUInt32LE(at), spread.readUInt32LE(at + 4)];
    const pages = Math.ceil(bytes / page);
    if (number !== gone) blocks.push({ number, bytes, firstPage: at / page, pages });
    at += pages * page;
  }
  return blocks.sort((one, other) => one.number - other.number);
}

// A long block counts as written if at least half of its pages are.
function isWritten({ firstPage, pages }: Block, written: ReadonlySet<number>): boolean {
  const count = Array.from({ length: pages }, (_, index) => firstPage + index).filter((at) => written.has(at)).length;
  return 2 * count >= pages;
}
