/** Offsets in the header of a 64-bit ELF file: elf.h, `Elf64_Ehdr`. */
const offsets = { class: 4, order: 5, sectionsAt: 40, sectionSize: 58, sections: 60 } as const;

/**
 * The least size in bytes of a 64-bit ELF file, by its header: linkers put the table of sections last. Undefined for what
 * is no such file. A file that is shorter was cut off while it was copied.
 */
export function elfSize(header: Uint8Array): number | undefined {
  const isElf = [0x7f, 0x45, 0x4c, 0x46].every((byte, at) => header[at] === byte);
  if (!isElf || header.length < 64 || header[offsets.class] !== 2) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const littleEndian = header[offsets.order] === 1;
  const tableAt = Number(view.getBigUint64(offsets.sectionsAt, littleEndian));
  return tableAt + view.getUint16(offsets.sectionSize, littleEndian) * view.getUint16(offsets.sections, littleEndian);
}
