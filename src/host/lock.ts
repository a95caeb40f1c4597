import { sha256 } from '#bytes';
import { system } from '#system';
import { join } from '../model/path.ts';
import { protocolError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { refuseInterrupted } from './command.ts';
import { makeDirectory, onFile } from './files.ts';

/** Seconds to wait for a lock. Only an IPAM plugin may take longer; then the runtime is told to try again. */
const waitSeconds = 60;

/** What a lock is for. A process that holds one may take another of a later kind in this list, never the reverse. */
type LockKind = 'sweep' | 'sandbox' | 'bridge' | 'tap' | 'socket' | 'nodes';

/** Which lock: the sweep for orphans, one sandbox, one bridge, one name that somebody chose for a tap, one socket, the directory of device nodes. */
export interface LockKey {
  readonly kind: LockKind;
  readonly name: string;
}

/**
 * Runs `work` while holding a lock; `work` gets the open file, for programs that are to hold it too. It is flock(2): the
 * kernel drops it when the last process that has the file has ended, in any way. The names of a kind share 4096 files, by
 * hash: a lock file is never unlinked (another process might hold the unlinked one), so there must not be one for every
 * sandbox that ever was. Throws `try-again-later` after a minute, `interrupted`, `io-failure`.
 */
export async function withLock<T>(
  directory: string,
  { kind, name }: LockKey,
  work: (held: number) => Promise<T> | T,
  interrupted?: Interruption,
): Promise<T> {
  return await withOpenLock(directory, { kind, name }, async (file, path) => {
    const isHeld = await system.lock(file, waitSeconds, interrupted);
    refuseInterrupted(interrupted);
    if (!isHeld) {
      throw protocolError(
        'try-again-later',
        `the lock ${path} of ${kind} ${name} is held by another dan for more than ${waitSeconds} s; see with "fuser ${path}" which`,
      );
    }
    return await work(file);
  });
}

/** As {@link withLock}, but does not wait: where somebody holds the lock, `work` is not done. Throws `io-failure`. */
export async function ifUnlocked(
  directory: string,
  key: LockKey,
  work: (held: number) => Promise<void> | void,
): Promise<void> {
  await withOpenLock(directory, key, async (file) => {
    if (await system.lock(file, 0, undefined)) await work(file);
  });
}

async function withOpenLock<T>(
  directory: string,
  key: LockKey,
  work: (file: number, path: string) => Promise<T>,
): Promise<T> {
  makeDirectory(directory);
  const path = join(directory, lockName(key));
  const file = onFile(`the lock ${path} cannot be opened`, () => system.open(path, 'a', 0o600));
  try {
    return await work(file, path);
  } finally {
    system.close(file);
  }
}

/** The name of a lock's file, which it shares with others of its kind. */
export function lockName({ kind, name }: LockKey): string {
  return `${kind}-${sha256(name).slice(0, 3)}`;
}
