import { utf8 } from '#bytes';
import { accept, type Parsed, reject } from './parsed.ts';

/** The path of a UNIX socket that connects a virtual machine and a switch. */
export type SocketPath = string & { readonly __brand: 'SocketPath' };

/** Bytes that `sun_path` of a UNIX socket's address holds, without the terminating zero (unix(7)). */
export const longestSocketPath = 107;

/** What the path of a socket leads to. */
export type SocketState =
  | 'missing'
  /** The socket's directory is missing. */
  | 'no-directory'
  /** A socket on which no process listens. */
  | 'stale'
  /** A socket on which a process listens. */
  | 'live'
  /** Anything but a socket. */
  | 'other';

/**
 * Parses the path of a socket: absolute, without "..", at most 107 bytes. The file name has letters, digits, "-", "_"
 * and ".", the first a letter.
 */
export function parseSocketPath(value: unknown): Parsed<SocketPath> {
  const directory = parseSocketDirectory(value, '');
  if (!directory.ok) return directory;
  const path: string = directory.value;
  if (!/\/[a-zA-Z][a-zA-Z0-9_.-]*$/.test(path)) {
    return reject('must end in a file name of letters, digits, "-", "_", ".", first a letter');
  }
  return accept(path as SocketPath);
}

/** Parses the directory of sockets with derived names. `name` is the longest such name, with its slash. */
export function parseSocketDirectory(value: unknown, name = '/dan01234567890.sock'): Parsed<string> {
  if (typeof value !== 'string' || !value.startsWith('/') || value.split('/').includes('..')) {
    return reject('must be an absolute path without ".."');
  }
  // Control characters would end up in messages, and in a file that other programs read.
  if (/[\0-\x1f\x7f]/.test(value) || !value.isWellFormed()) return reject('must hold no control characters');
  // A socket must have exactly one spelling, because the path identifies its owner.
  if (/\/\.?\/|\/\.$/.test(value)) return reject('must be written without "//" and "/./"');
  const most = longestSocketPath - name.length;
  if (utf8(value).length > most) {
    return reject(
      `must have at most ${most} bytes: the address of a UNIX socket holds ${longestSocketPath}` +
        (name === '' ? ', so no program could bind a longer path' : `, ${name.length} for the name`),
    );
  }
  return accept(value);
}

/**
 * Parses the name of a socket in a directory, and returns its path. The name has letters, digits, "-", "_" and ".", the
 * first a letter, and is not one that dan derives for an attachment.
 */
export function parseSocketName(value: unknown, directory: string): Parsed<SocketPath> {
  if (typeof value !== 'string' || value.includes('/')) {
    return reject(`must be a file name: the socket is in ${directory}, the "socketDir" of the network`);
  }
  if (isDerivedName(value)) return reject('is a name of the kind that dan derives for an attachment: choose another');
  return parseSocketPath(`${directory.replace(/\/$/, '')}/${value}`);
}

/** Whether a socket's file name is one that dan derives. */
export function isDerivedName(name: string): boolean {
  return /^dan[0-9a-f]{11}\.sock$/.test(name);
}
