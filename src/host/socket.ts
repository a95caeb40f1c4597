import { system } from '#system';
import { dirname } from '../model/path.ts';
import type { SocketState } from '../model/socket-path.ts';
import { codeOf, isDirectory, readText } from './files.ts';
import { processesThatOpened } from './open-files.ts';
import { lookAtFile } from './own-files.ts';

/**
 * Looks at what there is at the path of a socket. Whether somebody listens shows when it is connected to; the connection
 * is closed at once.
 */
export async function lookAtSocket(path: string): Promise<SocketState> {
  if (!isDirectory(dirname(path))) return 'no-directory';
  const there = lookAtFile(path);
  if (there === 'missing') return 'missing';
  if (there !== 'socket') return 'other';
  return (await isListening(path)) ? 'live' : 'stale';
}

/**
 * Whether somebody listens on a socket. Refused means that nobody has it bound. Whatever else comes of it (no permission, a
 * full queue, another kind of socket), somebody has.
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
 * The ids of the processes that have a socket open which is bound to a path, in this network namespace (proc_net(5), `unix`: a
 * line of eight columns for each, of which the last but one is the socket's number).
 */
export function listenersOn(path: string): readonly number[] {
  const lines = readText('/proc/net/unix').split('\n');
  const numbers = lines.filter((line) => line.endsWith(` ${path}`)).map((line) => line.split(/ +/)[6]);
  const targets = new Set(numbers.map((number) => `socket:[${number ?? ''}]`));
  return targets.size === 0 ? [] : processesThatOpened((target) => targets.has(target));
}
