/** One regular file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly executable?: boolean;
}

/** A symbolic link of an archive. */
export interface TarLink {
  readonly name: string;
  readonly target: string;
}

const block = 512;

/** A POSIX ustar archive of files that belong to root, without times: equal input gives equal bytes. */
export function tar(entries: readonly (TarFile | TarLink)[]): Buffer {
  const end = Buffer.alloc(2 * block);
  return Buffer.concat([...entries.flatMap(entry), end]);
}

function entry(one: TarFile | TarLink): readonly Uint8Array[] {
  if ('target' in one) return [header({ name: one.name, target: one.target, data: Buffer.alloc(0) })];
  return [header(one), one.data, padding(one.data.length)];
}

function header({ name, data, executable = false, target = '' }: TarFile & { readonly target?: string }): Buffer {
  for (const text of [name, target]) {
    if (Buffer.byteLength(text) > 100) throw new Error(`${text}: more than the 100 bytes that ustar has for a name`);
  }
  const result = Buffer.alloc(block);
  result.write(name, 0);
  result.write(octal(executable ? 0o755 : 0o644, 8), 100);
  result.write(octal(0, 8), 108);
  result.write(octal(0, 8), 116);
  result.write(octal(data.length, 12), 124);
  result.write(octal(0, 12), 136);
  result.write(' '.repeat(8), 148);
  result.write(target === '' ? '0' : '2', 156);
  result.write(target, 157);
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
