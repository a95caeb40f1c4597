/** One regular file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly executable?: boolean;
}

const block = 512;

/** A POSIX ustar archive of regular files that belong to root, without times: equal input gives equal bytes. */
export function tar(files: readonly TarFile[]): Buffer {
  const end = Buffer.alloc(2 * block);
  return Buffer.concat([...files.flatMap((file) => [header(file), file.data, padding(file.data.length)]), end]);
}

function header({ name, data, executable = false }: TarFile): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name}: more than the 100 bytes that ustar has for a name`);
  const result = Buffer.alloc(block);
  result.write(name, 0);
  result.write(octal(executable ? 0o755 : 0o644, 8), 100);
  result.write(octal(0, 8), 108);
  result.write(octal(0, 8), 116);
  result.write(octal(data.length, 12), 124);
  result.write(octal(0, 12), 136);
  result.write(' '.repeat(8), 148);
  result.write('0', 156);
  result.write('ustar\u000000', 257, 'latin1');
  // The checksum is taken with its own field full of spaces.
  const sum = result.reduce((total, byte) => total + byte, 0);
  result.write(octal(sum, 7), 148);
  return result;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function padding(length: number): Buffer {
  return Buffer.alloc((block - (length % block)) % block);
}
