import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SocketPath, SocketState } from '../model/socket-path.ts';
import { codeOf, lookAtFile } from './files.ts';

/**
 * Looks at what there is at the path of a socket. Whether somebody listens shows when it is connected to; the connection
 * is closed at once.
 */
export async function lookAtSocket(path: SocketPath): Promise<SocketState> {
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) return 'no-directory';
  const there = lookAtFile(path);
  if (there === 'missing') return 'missing';
  if (there !== 'socket') return 'other';
  return (await isListening(path)) ? 'live' : 'stale';
}

// Refused means that nobody has it bound. Whatever else comes of it (no permission, a full queue, another kind of
// socket), somebody has.
async function isListening(path: SocketPath): Promise<boolean> {
  const { connect } = await import('node:net');
  return await new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => {
      resolve(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? ''));
    });
  });
}
