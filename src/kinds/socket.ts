import type { DerivedNames } from '../model/identity.ts';
import { parseSocketDirectory, type SocketPath } from '../model/socket-path.ts';
import type { JsonObject } from '../json/object.ts';
import type { Wants } from './device.ts';

/** Where sockets are made when nobody says otherwise. */
export const defaultSocketDir = '/run/dan/vhost-user';

/** The path of the socket that is asked for: an explicit one, or one of a derived name in a directory. */
export function socketPathOf({ path, directory }: NonNullable<Wants['socket']>, names: DerivedNames): SocketPath {
  return path ?? derivedSocketPath(directory, names);
}

/** The directory of sockets of a configuration that may be faulty. */
export function socketDirOf({ socketDir }: JsonObject): string {
  const parsed = parseSocketDirectory(socketDir);
  return parsed.ok ? parsed.value : defaultSocketDir;
}

/** The path of the socket that an attachment has in a directory, unless it has an explicit one. */
export function derivedSocketPath(directory: string, { link }: DerivedNames): SocketPath {
  return `${directory.replace(/\/$/, '')}/${link}.sock` as SocketPath;
}
