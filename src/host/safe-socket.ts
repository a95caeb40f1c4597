import { system } from '#system';
import { dirname } from '../model/path.ts';
import { directoryUnsafe } from './directory-fault.ts';
import { entryIn, isOwn, safeDirectory } from './directory.ts';
import { onFile } from './files.ts';
import type { SocketAddress } from './system/connection.ts';

/**
 * The address of a socket of the file system that is root's, in a directory where nobody else can put another in its place:
 * whoever answers there is told of a pod's network, and gets descriptors of its tap. Where there is none, what `missing` makes
 * of the reason is thrown. Throws `directory-unsafe`, `io-failure`.
 */
export function safeSocket(path: string, missing: (why: string) => Error): SocketAddress {
  const directory = safeDirectory(dirname(path));
  const status = directory && onFile(`${path} cannot be looked at`, () => system.lstat(entryIn(directory, path)));
  if (directory === undefined || status === undefined) throw missing(`there is no ${path}`);
  if (status.type !== 'socket') throw missing(`${path} is no socket, but a ${status.type}`);
  if (!isOwn(status)) throw directoryUnsafe([{ path, fault: { is: 'of-another', user: status.uid } }]);
  // In the directory that was looked at, whatever becomes of its path; and so that a long one fits a socket's address.
  const { name } = entryIn(directory, path);
  return { path: `/proc/self/fd/${directory.file}/${name}` };
}
