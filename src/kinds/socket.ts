import type { DerivedNames } from '../model/identity.ts';
import { parseSocketDirectory, type SocketPath } from '../model/socket-path.ts';
import type { JsonObject } from '../json/object.ts';
import type { Wants } from './device.ts';

/** The default directory of sockets. */
export const defaultSocketDir = '/run/dan/vhost-user';

/** The path of the requested socket: an explicit one, or one with a derived name in a directory. */
export function socketPathOf({ path, directory }: NonNullable<Wants['socket']>, names: DerivedNames): SocketPath {
  return path ?? derivedSocketPath(directory, names);
}

/** The directory of sockets in a configuration that may be faulty. */
export function socketDirOf({ socketDir }: JsonObject): string {
  const parsed = parseSocketDirectory(socketDir);
  return parsed.ok ? parsed.value : defaultSocketDir;
}

/** The path of an attachment's socket in a directory if it has no explicit one. */
export function derivedSocketPath(directory: string, { link }: DerivedNames): SocketPath {
  return `${directory.replace(/\/$/, '')}/${link}.sock` as SocketPath;
}
