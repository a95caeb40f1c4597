import { system } from '#system';
import { dirname } from '../model/path.ts';
import type { SocketState } from '../model/socket-path.ts';
import { codeOf, isDirectory } from './files.ts';
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
