import { system } from '#system';
import { limitText } from '../model/limit.ts';
import { messageOf } from '../json/thrown.ts';
import { protocolError } from '../protocol/error.ts';
import { codeOf, namesIn } from './files.ts';

/** What a path leads to: nothing, something that is not (any more) a network namespace, this process's, or another. */
export type NetnsPath = 'missing' | 'no-namespace' | 'other' | 'own';

/** What a path led to when it was opened. */
export interface OpenNetns {
  readonly is: NetnsPath;
  /** The open namespace, if it is one. It stays the same one even if its path changes. */
  readonly file?: number;
  readonly inode?: number;
}

/** Classifies a namespace's path. Throws `invalid-netns` if it cannot be opened. */
export function lookAtNetns(path: string): NetnsPath {
  const { is, file } = openNetns(path);
  if (file !== undefined) system.close(file);
  return is;
}

/** The inode of the namespace at a path; undefined if there is none. Throws `invalid-netns`. */
export function netnsInode(path: string): number | undefined {
  const { file, inode } = openNetns(path);
  if (file !== undefined) system.close(file);
  return inode;
}

// Everything is read from the open file, because the path may lead elsewhere a moment later. Two namespaces are the
// same if device and inode agree; all namespaces are on one device (namespaces(7)). A runtime's file stays a plain file
// after the namespace is unmounted from it.
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

// An impossible path leads to no namespace, and a DEL needs none.
function isMissing(error: unknown): boolean {
  return ['ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

// Things that cannot be opened: a socket, or a device without a driver.
function isOther(error: unknown): boolean {
  return ['ENXIO', 'ENODEV'].includes(codeOf(error) ?? '');
}

/** Where named network namespaces are (ip-netns(8)), and runtimes keep those of pods. Often one directory. */
const namedIn = ['/run/netns', '/var/run/netns'] as const;

/** The named network namespaces and those at further paths, each once, without this process's own. */
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
 * Does work with an open namespace, which stays the same one even if its path changes. If the path is empty or leads to
 * no network namespace, `work` gets undefined, and the reason. Throws `invalid-netns` if it cannot be opened.
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
