import { system } from '#system';
import { dirname } from '../model/path.ts';
import type { SocketState } from '../model/socket-path.ts';
import { codeOf, isDirectory, readText } from './files.ts';
import { processesThatOpened } from './open-files.ts';
import { lookAtFile } from './own-files.ts';

/** Finds out what is at a socket's path. Connects, and closes the connection at once, to see if a process listens. */
export async function lookAtSocket(path: string): Promise<SocketState> {
  if (!isDirectory(dirname(path))) return 'no-directory';
  const there = lookAtFile(path);
  if (there === 'missing') return 'missing';
  if (there !== 'socket') return 'other';
  return (await isListening(path)) ? 'live' : 'stale';
}

/**
 * Whether a process listens on a socket. "Connection refused" means that no process does. Any other outcome (no
 * permission, a full queue, another kind of socket) means that one does.
 */
export async function isListening(path: string): Promise<boolean> {
  try {
    await system.tryConnect(path);
    return true;
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '');
  }
}

/**
 * The ids of the processes that have a socket open that is bound to a path, in this network namespace (proc_net(5),
 * `unix`: one line of eight columns for each socket; the last but one is its inode number).
 */
export function listenersOn(path: string): readonly number[] {
  const lines = readText('/proc/net/unix').split('\n');
  const numbers = lines.filter((line) => line.endsWith(` ${path}`)).map((line) => line.split(/ +/)[6]);
  const targets = new Set(numbers.map((number) => `socket:[${number ?? ''}]`));
  return targets.size === 0 ? [] : processesThatOpened((target) => targets.has(target));
}
