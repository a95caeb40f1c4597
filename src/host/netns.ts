import { statSync } from 'node:fs';
import { protocolError } from '../protocol/error.ts';

/** What a path says of a network namespace: not there, the one this process is in, or another. */
export type NetnsPath = 'missing' | 'own' | 'other';

/** Looks at a namespace's path. Two paths lead to one namespace when device and inode agree (namespaces(7)). */
export function lookAtNetns(path: string): NetnsPath {
  try {
    const asked = statSync(path, { throwIfNoEntry: false });
    if (asked === undefined) return 'missing';
    const own = statSync('/proc/self/ns/net');
    return asked.ino === own.ino && asked.dev === own.dev ? 'own' : 'other';
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw protocolError('invalid-netns', `CNI_NETNS ${path} cannot be looked at: ${why}`);
  }
}
