import { directoryUnsafe } from '../host/directory-fault.ts';
import { entryIn, isOwn, safeDirectory } from '../host/directory.ts';
import { onFile } from '../host/files.ts';
import type { SocketAddress } from '../host/system/connection.ts';
import { system } from '#system';
import { dirname } from '../model/path.ts';
import type { AgentAddress } from './address.ts';
import { gone } from './faults.ts';

/**
 * The socket to connect to. One of the file system must be root's, in a directory where nobody else can put another in its
 * place: whoever answers is told what a pod's network is, and says what became of it. Throws `directory-unsafe`,
 * `agent-unreachable`, `io-failure`.
 */
export function socketOf(address: AgentAddress, url: string): SocketAddress {
  if (address.by === 'vsock') return address.socket;
  const { path } = address;
  const directory = safeDirectory(dirname(path));
  const status = directory && onFile(`${path} cannot be looked at`, () => system.lstat(entryIn(directory, path)));
  if (directory === undefined || status === undefined) throw gone(url, 'the connection', `there is no ${path}`);
  if (status.type !== 'socket') throw gone(url, 'the connection', `${path} is no socket, but a ${status.type}`);
  if (!isOwn(status)) throw directoryUnsafe([{ path, fault: { is: 'of-another', user: status.uid } }]);
  // In the directory that was looked at, whatever becomes of its path; and so that a long one fits a socket's address.
  const { name } = entryIn(directory, path);
  return { path: `/proc/self/fd/${directory.file}/${name}` };
}
