import { system } from '#system';
import { readAll } from '../../host/files.ts';
import { isExecutable } from '../../host/tools.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { statusIn } from '../paths.ts';
import { versionOf } from '../programs.ts';

/** The program of a CNI plugin in the directories where the runtime looks for it. */
export interface PluginFile {
  /** Its type: the file's name. */
  readonly type: string;
  /** The path of the first such file on the node; undefined if there is none. */
  readonly path: string | undefined;
  readonly state: PluginState;
}

/** What the file is. `program` is complete as far as its header shows; `cut-off` has its actual and expected bytes. */
type PluginState =
  | { readonly is: 'program' }
  | { readonly is: 'cut-off'; readonly size: number; readonly whole: number }
  | { readonly is: 'not-executable' }
  | { readonly is: 'no-program' }
  | { readonly is: 'missing' };

/** Looks for a plugin's program. libcni takes the first file of that name that is not a directory. */
export function lookAtPlugin(tree: Tree, binDirs: readonly string[], type: string): PluginFile {
  const path = binDirs.map((directory) => join(directory, type)).find((one) => statusIn(tree, one)?.type === 'file');
  return { type, path, state: path === undefined ? { is: 'missing' } : stateOf(pathIn(tree, path)) };
}

/** The version of `dan` in a directory of plugins; undefined if it cannot be run or is not dan. */
export async function danVersion(tree: Tree, { path, state }: PluginFile): Promise<string | undefined> {
  return state.is === 'program' ? await versionOf(tree, path, /^dan (\S+)$/m) : undefined;
}

/** Bytes at the beginning of a file that identify it. */
const headerSize = 64;

function stateOf(path: string): PluginState {
  const file = system.open(path, 'r');
  try {
    const header = readAll(file, headerSize, headerSize);
    const isScript = header[0] === 0x23 && header[1] === 0x21; // "#!"
    const whole = isScript ? 0 : elfSize(header);
    const { size } = system.fstat(file);
    if (whole === undefined) return { is: 'no-program' };
    if (size < whole) return { is: 'cut-off', size, whole };
    return isExecutable(path) ? { is: 'program' } : { is: 'not-executable' };
  } finally {
    system.close(file);
  }
}

/** Offsets in the header of a 64-bit ELF file: elf.h, `Elf64_Ehdr`. */
const offsets = { class: 4, order: 5, sectionsAt: 40, sectionSize: 58, sections: 60 } as const;

// The smallest possible size in bytes of a 64-bit ELF file, from its header: linkers put the section table last.
// undefined if it is no such file. A file that is smaller was cut off while it was copied.
function elfSize(header: Uint8Array): number | undefined {
  const isElf = [0x7f, 0x45, 0x4c, 0x46].every((byte, at) => header[at] === byte);
  if (!isElf || header.length < headerSize || header[offsets.class] !== 2) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const littleEndian = header[offsets.order] === 1;
  const tableAt = Number(view.getBigUint64(offsets.sectionsAt, littleEndian));
  return tableAt + view.getUint16(offsets.sectionSize, littleEndian) * view.getUint16(offsets.sections, littleEndian);
}
