import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../model/sha256.ts';
import { protocolError } from '../protocol/error.ts';
import { makeDirectory, onFile } from './files.ts';
import { refuseInterrupted } from './command.ts';
import { type Libc, openLibc } from './libc.ts';
import { toolPath } from './tools.ts';
import { wait } from './wait.ts';

/** Seconds to wait for a lock. Only an IPAM plugin may take longer; then the runtime is told to try again. */
const patience = 60;

/** What a lock is for. A process that holds one may take another of a later kind in this list, never the reverse. */
type LockKind = 'sandbox' | 'bridge' | 'tap' | 'socket' | 'nodes';

/** Which lock: one sandbox, one bridge, one name that somebody chose for a tap, one socket, the directory of device nodes. */
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
  interrupted?: AbortSignal,
): Promise<T> {
  makeDirectory(directory);
  const path = join(directory, lockName({ kind, name }));
  const file = onFile(`the lock ${path} cannot be opened`, () => openSync(path, 'a', 0o600));
  try {
    const libc = await openLibc();
    const isHeld = await (libc === undefined
      ? lockWithUtilLinux(file, interrupted)
      : lockWithLibc(libc, file, interrupted));
    refuseInterrupted(interrupted);
    if (!isHeld) {
      throw protocolError(
        'try-again-later',
        `the lock ${path} of ${kind} ${name} is held by another dan for more than ${patience} s; see with "fuser ${path}" which`,
      );
    }
    return await work(file);
  } finally {
    closeSync(file);
  }
}

/** The name of a lock's file, which it shares with others of its kind. */
export function lockName({ kind, name }: LockKey): string {
  return `${kind}-${sha256(name).slice(0, 3)}`;
}

/** LOCK_EX | LOCK_NB of sys/file.h. */
const exclusiveNow = 2 | 4;

// False if it did not get it in time, or is not to wait any more.
async function lockWithLibc({ flock }: Libc, file: number, interrupted: AbortSignal | undefined): Promise<boolean> {
  const end = performance.now() + patience * 1000;
  for (let pause = 1; flock(file, exclusiveNow) !== 0; pause = Math.min(pause * 2, 16)) {
    if (performance.now() > end || interrupted?.aborted === true) return false;
    await wait(pause);
  }
  return true;
}

// The lock belongs to the open file, which the child shares: it stays when the child has ended.
async function lockWithUtilLinux(file: number, interrupted: AbortSignal | undefined): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  return await new Promise((resolve, fail) => {
    const child = spawn(toolPath('flock'), ['-x', '-w', String(patience), '3'], {
      stdio: ['ignore', 'ignore', 'ignore', file],
      ...(interrupted === undefined ? {} : { signal: interrupted }),
    });
    child.on('error', (error) => {
      if (interrupted?.aborted === true) resolve(false);
      else fail(error);
    });
    child.on('close', (exitCode) => {
      resolve(exitCode === 0);
    });
  });
}
