import { zstdDecompressSync } from 'node:zlib';
import { execa } from 'execa';

/** Where the header of a bzImage holds what is read here (Linux, Documentation/arch/x86/boot.rst). */
const header = { setupSectors: 0x1f1, payloadOffset: 0x248, payloadLength: 0x24c };

const sector = 512;

/** Behind the compressed kernel, its size unpacked. */
const sizeBehind = 4;

/**
 * The kernel inside of a bzImage, as the ELF file that QEMU starts directly: an emulated processor would need a second to
 * unpack it, at every boot. Takes one that LZ4 or zstd compressed, as Debian's cloud kernels are.
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
