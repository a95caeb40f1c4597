import { sha256 } from '#bytes';
import { system } from '#system';
import { join } from '../model/path.ts';
import { CniError, protocolError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { refuseInterrupted } from './command.ts';
import { entryIn, closeDirectories, makeDirectory } from './directory.ts';
import { onFile } from './files.ts';
import { fileUnsafe, openOwn } from './own-files.ts';

/** Seconds to wait for a lock. Only an IPAM plugin may take longer; the runtime is then told to try again. */
const waitSeconds = 60;

/** If waiting for a lock takes longer than this many milliseconds, open directories are checked again. */
const briefWait = 100;

/** What a lock protects. A process that holds one may take another of a later kind in this list, never an earlier. */
type LockKind = 'sweep' | 'sandbox' | 'function' | 'bridge' | 'tap' | 'socket' | 'nodes' | 'machine' | 'calls';

/**
 * Identifies a lock: the sweep for orphans, one sandbox, one physical function, one bridge, one tap name that someone
 * chose, one socket, the directory of device nodes, the virtual machine of one sandbox, the file of calls.
 */
export interface LockKey {
  readonly kind: LockKind;
  readonly name: string;
}

/**
 * Runs `work` while holding a lock. `work` gets the open file, so that programs can hold the lock too. It is flock(2):
 * the kernel releases it when the last process that has the file open ends, in whatever way. The names of a kind share
 * 4096 files by hash: a lock file is never unlinked (another process might hold the unlinked one), so there must not be
 * one for every sandbox that ever existed. Throws `try-again-later` after a minute, `interrupted`, `directory-unsafe`,
 * `io-failure`.
 */
export async function withLock<T>(
  directory: string,
  key: LockKey,
  work: (held: number) => Promise<T> | T,
  interrupted?: Interruption,
): Promise<T> {
  return await holding(openLock(directory, key), directory, key, work, interrupted);
}

/**
 * Like {@link withLock}, but if the lock is no file of root's or its directory is not safe, calls `unsafe` with the
 * reason and runs `work` without the lock. Only for work that removes things: work that makes things must be refused in
 * this case.
 */
export async function withLockIfSafe<T>(
  directory: string,
  key: LockKey,
  work: (held: number | undefined) => Promise<T> | T,
  unsafe: (why: CniError) => void,
): Promise<T> {
  let file: number;
  try {
    file = openLock(directory, key);
  } catch (error) {
    if (!(error instanceof CniError) || error.name !== 'directory-unsafe') throw error;
    unsafe(error);
    return await work(undefined);
  }
  return await holding(file, directory, key, work);
}

/** Like {@link withLock}, but does not wait: if another process holds the lock, skips `work`. Throws `io-failure`. */
export async function ifUnlocked(
  directory: string,
  key: LockKey,
  work: (held: number) => Promise<void> | void,
): Promise<void> {
  await closingLater(openLock(directory, key), async (file) => {
    if (await system.lock(file, 0, undefined)) await work(file);
  });
}

async function holding<T>(
  opened: number,
  directory: string,
  { kind, name }: LockKey,
  work: (held: number) => Promise<T> | T,
  interrupted?: Interruption,
): Promise<T> {
  return await closingLater(opened, async (file) => {
    const start = system.now();
    const isHeld = await system.lock(file, waitSeconds, interrupted);
    if (system.now() - start > briefWait) closeDirectories();
    refuseInterrupted(interrupted);
    if (!isHeld) {
      const path = join(directory, lockName({ kind, name }));
      throw protocolError(
        'try-again-later',
        `the lock ${path} of ${kind} ${name} is held by another dan for more than ${waitSeconds} s; see with "fuser ${path}" which`,
      );
    }
    return await work(file);
  });
}

async function closingLater<T>(file: number, work: (file: number) => Promise<T>): Promise<T> {
  try {
    return await work(file);
  } finally {
    system.close(file);
  }
}

function openLock(directory: string, key: LockKey): number {
  const path = join(directory, lockName(key));
  const entry = entryIn(makeDirectory(directory), path);
  const file = onFile(`the lock ${path} cannot be opened`, () => openOwn(entry, 'a'));
  if (typeof file !== 'number') throw fileUnsafe(path, file ?? { is: 'no-file', type: 'unknown' });
  return file;
}

/** The name of a lock's file, which locks of the same kind may share. */
export function lockName({ kind, name }: LockKey): string {
  return `${kind}-${sha256(name).slice(0, 3)}`;
}
