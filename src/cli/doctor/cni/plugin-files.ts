import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from '../../../host/tools.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { versionOf } from '../../node/programs.ts';
import { elfSize } from './elf-size.ts';

/** The program of a CNI plugin in the directories where the runtime looks for it. */
export interface PluginFile {
  /** Its type: the file's name. */
  readonly type: string;
  /** The first that is there, as the node calls it; undefined: there is none. */
  readonly path: string | undefined;
  readonly state: PluginState;
}

/** What the file is: a program, whole as far as its header tells; cut off, with the bytes that it has and should have. */
type PluginState =
  | { readonly is: 'program' }
  | { readonly is: 'cut-off'; readonly size: number; readonly whole: number }
  | { readonly is: 'not-executable' }
  | { readonly is: 'no-program' }
  | { readonly is: 'missing' };

/** Looks for the program of a plugin. libcni takes the first file of that name that is no directory. */
export function lookAtPlugin(tree: Tree, binDirs: readonly string[], type: string): PluginFile {
  const path = binDirs
    .map((directory) => join(directory, type))
    .find((one) => statSync(pathIn(tree, one), { throwIfNoEntry: false })?.isFile() === true);
  return { type, path, state: path === undefined ? { is: 'missing' } : stateOf(pathIn(tree, path)) };
}

/** The version of the `dan` in a directory of plugins; undefined where it cannot be asked, or is not dan. */
export async function danVersion(tree: Tree, { path, state }: PluginFile): Promise<string | undefined> {
  return state.is === 'program' ? await versionOf(tree, path, /^dan (\S+)$/m) : undefined;
}

/** Bytes of a file's beginning that tell what it is. */
const headerSize = 64;

function stateOf(path: string): PluginState {
  const header = new Uint8Array(headerSize);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, header, 0, headerSize, 0);
    const isScript = header[0] === 0x23 && header[1] === 0x21; // "#!"
    const whole = isScript ? 0 : elfSize(header.subarray(0, length));
    const { size } = statSync(path);
    if (whole === undefined) return { is: 'no-program' };
    if (size < whole) return { is: 'cut-off', size, whole };
    return isExecutable(path) ? { is: 'program' } : { is: 'not-executable' };
  } finally {
    closeSync(file);
  }
}
