import { directoryUnsafe } from '../host/directory-fault.ts';
import { entryIn, isOwn, safeDirectory } from '../host/directory.ts';
import { onFile } from '../host/files.ts';
import { Stream } from '../host/stream.ts';
import { system } from '#system';
import { dirname } from '../model/path.ts';
import { streamError, unreachable } from './faults.ts';

/** Bytes of one answer, at most. */
export const largestAnswer = 4 * 1024 * 1024;

/**
 * Connects to a monitor's socket. It must be root's, in a directory where nobody else can put another in its place: whoever
 * answers gets the descriptors of a tap. Throws `directory-unsafe`, `monitor-unreachable`, `io-failure`.
 */
export function connectTo(socket: string, deadline: number): Stream {
  const directory = safeDirectory(dirname(socket));
  const status = directory && onFile(`${socket} cannot be looked at`, () => system.lstat(entryIn(directory, socket)));
  if (directory === undefined || status === undefined) throw unreachable(socket, 'there is no such file');
  if (status.type !== 'socket') throw unreachable(socket, `it is no socket, but a ${status.type}`);
  if (!isOwn(status)) throw directoryUnsafe([{ path: socket, fault: { is: 'of-another', user: status.uid } }]);
  // In the directory that was looked at, whatever becomes of its path; and so that a long one fits a socket's address.
  const { name } = entryIn(directory, socket);
  const path = `/proc/self/fd/${directory.file}/${name}`;
  return new Stream({ path }, { deadline, most: largestAnswer }, (fault) => streamError(socket, fault));
}
