/** A section of an ELF file: its address in the program, its offset in the file, and its size. */
export interface Section {
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** Finds a section of a 64-bit little-endian ELF file by its name (elf(5)). Throws if there is none. */
export function sectionOf(file: Buffer, name: string): Section {
  const table = Number(file.readBigUInt64LE(40));
  const entrySize = file.readUInt16LE(58);
  const count = file.readUInt16LE(60);
  const header = (index: number) => {
    const at = table + index * entrySize;
    return {
      name: file.readUInt32LE(at),
      address: Number(file.readBigUInt64LE(at + 16)),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  };
  const names = header(file.readUInt16LE(62)).offset;
  for (let index = 0; index < count; index += 1) {
    const section = header(index);
    const start = names + section.name;
    if (file.toString('latin1', start, file.indexOf(0, start)) === name) return section;
  }
  throw new Error(`the executable has no section ${name}`);
}
