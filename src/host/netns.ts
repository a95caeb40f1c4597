import { system } from '#system';
import { limitText } from '../model/limit.ts';
import { messageOf, protocolError } from '../protocol/error.ts';
import { codeOf, namesIn } from './files.ts';

/** What a path leads to: nothing, something that is no network namespace (any more), the one this process is in, or another. */
export type NetnsPath = 'missing' | 'no-namespace' | 'other' | 'own';

/** What a path led to when it was opened. */
export interface OpenNetns {
  readonly is: NetnsPath;
  /** The namespace, if it is one: it stays the same one, whatever becomes of its path. */
  readonly file?: number;
  readonly inode?: number;
}

/** Looks at a namespace's path. Throws `invalid-netns` if it cannot be opened. */
export function lookAtNetns(path: string): NetnsPath {
  const { is, file } = openNetns(path);
  if (file !== undefined) system.close(file);
  return is;
}

/** The inode of the namespace at a path; undefined where there is none. Throws `invalid-netns`. */
export function netnsInode(path: string): number | undefined {
  const { file, inode } = openNetns(path);
  if (file !== undefined) system.close(file);
  return inode;
}

// All is known of what was opened, for the path may lead elsewhere a moment later. Two namespaces are one when device and inode
// agree; all namespaces are on one device (namespaces(7)). A runtime's file stays a file when what was mounted on it is gone.
function openNetns(path: string): OpenNetns {
  try {
    const file = system.open(path, 'r');
    const { dev, ino: inode } = system.fstat(file);
    const own = system.stat('/proc/self/ns/net');
    if (dev === own?.dev && system.isNetns(file)) return { is: inode === own.ino ? 'own' : 'other', file, inode };
    system.close(file);
    return { is: 'no-namespace' };
  } catch (error) {
    if (isMissing(error)) return { is: 'missing' };
    if (isOther(error)) return { is: 'no-namespace' };
    throw protocolError(
      'invalid-netns',
      `CNI_NETNS ${path} cannot be used: ${messageOf(error)}${limitText(codeOf(error), 'file')}`,
    );
  }
}

// A path that nothing can have leads to no namespace, and a DEL needs none.
function isMissing(error: unknown): boolean {
  return ['ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

// What cannot be opened: a socket, or a device that nobody serves.
function isOther(error: unknown): boolean {
  return ['ENXIO', 'ENODEV'].includes(codeOf(error) ?? '');
}

/** Where network namespaces have names (ip-netns(8)); container runtimes have those of pods there. Often one directory. */
const namedIn = ['/run/netns', '/var/run/netns'] as const;

/** The network namespaces with a name, and those of further paths; each once, and not the own one. */
export function namespacePaths(further: readonly string[] = []): readonly string[] {
  const named = namedIn.flatMap((directory) => namesIn(directory).map((name) => `${directory}/${name}`));
  const found = new Map<number, string>();
  for (const path of [...named, ...further]) {
    const { is, file, inode } = openNetns(path);
    if (file !== undefined) system.close(file);
    if (is === 'other' && inode !== undefined && !found.has(inode)) found.set(inode, path);
  }
  return [...found.values()];
}

/**
 * Does work with a namespace open: it then stays the same one, whatever becomes of its path. `work` gets undefined, and why,
 * if the path is empty or leads to no network namespace. Throws `invalid-netns` if it cannot be opened.
 */
export async function withNetns<T>(
  path: string,
  work: (descriptor: number | undefined, netns: OpenNetns) => Promise<T>,
): Promise<T> {
  const netns: OpenNetns = path === '' ? { is: 'missing' } : openNetns(path);
  try {
    return await work(netns.file, netns);
  } finally {
    if (netns.file !== undefined) system.close(netns.file);
  }
}
