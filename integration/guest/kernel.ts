import { zstdDecompressSync } from 'node:zlib';
import { execa } from 'execa';

/** Offsets in the header of a bzImage (Linux, Documentation/arch/x86/boot.rst). */
const header = { setupSectors: 0x1f1, payloadOffset: 0x248, payloadLength: 0x24c };

const sector = 512;

/** The compressed kernel is followed by its unpacked size. */
const sizeBehind = 4;

/**
 * Extracts the kernel of a bzImage as the ELF file that QEMU starts directly: an emulated processor would need a second
 * to unpack it at every boot. Supports LZ4 and zstd, which Debian's cloud kernels use.
 */
export async function unpackKernel(image: Buffer): Promise<Buffer> {
  const start = (image.readUInt8(header.setupSectors) + 1) * sector + image.readUInt32LE(header.payloadOffset);
  const compressed = image.subarray(start, start + image.readUInt32LE(header.payloadLength) - sizeBehind);
  const magic = compressed.readUInt32LE(0);
  switch (magic) {
    case 0x18_4c_21_02: {
      const { stdout } = await execa('lz4', ['-dc'], { input: compressed, encoding: 'buffer' });
      return Buffer.from(stdout);
    }
    case 0xfd_2f_b5_28:
      return zstdDecompressSync(compressed);
    default:
      throw new Error(
        `the guest's kernel is compressed in a way that this test does not know (its first bytes are ${magic.toString(16)}): add it to integration/guest/kernel.ts`,
      );
  }
}
