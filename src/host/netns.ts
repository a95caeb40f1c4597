import { system } from '#system';
import { limitText } from '../model/limit.ts';
import { messageOf, protocolError } from '../protocol/error.ts';
import { codeOf, namesIn } from './files.ts';

/** What a path leads to: nothing, a file that is no namespace (any more), the one this process is in, or another. */
export type NetnsPath = 'missing' | 'no-namespace' | 'own' | 'other';

/**
 * Looks at a namespace's path. Two paths lead to one namespace when device and inode agree; all namespaces are on one
 * device (namespaces(7)). A runtime's file stays a file when what was mounted on it is gone.
 */
export function lookAtNetns(path: string): NetnsPath {
  try {
    const asked = system.stat(path);
    if (asked === undefined) return 'missing';
    const own = system.stat('/proc/self/ns/net');
    if (asked.dev !== own?.dev) return 'no-namespace';
    return asked.ino === own.ino ? 'own' : 'other';
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw unusable(path, error);
  }
}

// A path that nothing can have leads to no namespace, and a DEL needs none.
function isMissing(error: unknown): boolean {
  return ['ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

/** Where network namespaces have names (ip-netns(8)); container runtimes have those of pods there. Often one directory. */
const namedIn = ['/run/netns', '/var/run/netns'] as const;

/** The network namespaces with a name, and those of further paths; each once, and not the own one. */
export function namespacePaths(further: readonly string[] = []): readonly string[] {
  const named = namedIn.flatMap((directory) => namesIn(directory).map((name) => `${directory}/${name}`));
  const found = new Map<number, string>();
  for (const path of [...named, ...further]) {
    if (lookAtNetns(path) !== 'other') continue;
    const inode = system.stat(path)?.ino;
    if (inode !== undefined && !found.has(inode)) found.set(inode, path);
  }
  return [...found.values()];
}

/**
 * Does work with a namespace open: it then stays the same one, whatever becomes of its path. `work` gets undefined if
 * the path is empty or leads to no namespace. Throws `invalid-netns` if it cannot be opened.
 */
export async function withNetns<T>(path: string, work: (descriptor: number | undefined) => Promise<T>): Promise<T> {
  const there = path !== '' && ['own', 'other'].includes(lookAtNetns(path));
  const descriptor = there ? openNetns(path) : undefined;
  try {
    return await work(descriptor);
  } finally {
    if (descriptor !== undefined) system.close(descriptor);
  }
}

function openNetns(path: string): number | undefined {
  try {
    return system.open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): Error {
  return protocolError(
    'invalid-netns',
    `CNI_NETNS ${path} cannot be used: ${messageOf(error)}${limitText(codeOf(error), 'file')}`,
  );
}
