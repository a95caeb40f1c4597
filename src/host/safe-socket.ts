import { system } from '#system';
import { dirname } from '../model/path.ts';
import { directoryUnsafe } from './directory-fault.ts';
import { entryIn, isOwn, safeDirectory } from './directory.ts';
import { onFile } from './files.ts';
import type { SocketAddress } from './system/connection.ts';

/**
 * The address of a file system socket that is root's, in a directory where nobody else can replace it: the process that
 * listens there learns about a pod's network and gets descriptors of its tap. If there is no such socket, throws what
 * `missing` makes of the reason. Throws `directory-unsafe`, `io-failure`.
 */
export function safeSocket(path: string, missing: (why: string) => Error): SocketAddress {
  const directory = safeDirectory(dirname(path));
  const status = directory && onFile(`${path} cannot be looked at`, () => system.lstat(entryIn(directory, path)));
  if (directory === undefined || status === undefined) throw missing(`there is no ${path}`);
  if (status.type !== 'socket') throw missing(`${path} is no socket, but a ${status.type}`);
  if (!isOwn(status)) throw directoryUnsafe([{ path, fault: { is: 'of-another', user: status.uid } }]);
  // The path goes through the directory that was checked, even if its own path changes, and fits a socket's address.
  const { name } = entryIn(directory, path);
  return { path: `/proc/self/fd/${directory.file}/${name}` };
}
