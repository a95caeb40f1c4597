import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../harness/eventually.ts';
import { cacheDirectory, type Image } from './image.ts';
import { Qmp } from './qmp.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A state that no guest has continued from for so long is removed. */
const keptDays = 7;

/** Arguments of QEMU, each with a value, that connect a guest to this machine: they are not in its state. */
const connections = ['-chardev', '-monitor', '-name', '-pidfile', '-qmp'];

/**
 * The file with the state of a guest that has booted: QEMU continues there in a tenth of the time that a boot takes. It
 * is in the user's cache directory. Its name depends on the image, on QEMU and on QEMU's arguments. What only connects
 * the guest to this machine does not count, nor do `places`, the directories of this run, and that of this clone.
 */
export async function keptState(image: Image, args: readonly string[], places: readonly string[]): Promise<string> {
  const qemu = await stat(image.qemu?.program ?? '/usr/bin/qemu-system-x86_64');
  const hash = createHash('sha256').update(`${qemu.size} ${qemu.mtimeMs}\n`);
  for (const [at, arg] of args.entries()) {
    if (connections.includes(arg) || connections.includes(args[at - 1] ?? '')) continue;
    hash.update(`${[...places, root].reduce((text, place) => text.replaceAll(place, ''), arg)}\n`);
  }
  return join(cacheDirectory(), 'guest-states', hash.digest('hex').slice(0, 16));
}

/** Whether a guest can continue from this file, which then counts as used. */
export function isKept(state: string): Promise<boolean> {
  const now = new Date();
  return utimes(state, now, now).then(
    () => true,
    () => false,
  );
}

/** The arguments with which QEMU continues from such a file. */
export function continuing(state: string): readonly string[] {
  return ['-incoming', `exec:cat '${state}'`];
}

/** Waits until a guest that continues from such a file runs. `socket` is that of QEMU's control protocol. */
export async function hasContinued(socket: string, signal: AbortSignal): Promise<void> {
  const runs = async (): Promise<true | undefined> => {
    using qmp = await Qmp.connect(socket);
    const { status } = (await qmp.execute('query-status')) as { readonly status: string };
    return status === 'running' || undefined;
  };
  await eventually('a guest that continues', runs, { seconds: 60, signal });
}

/** Writes the state of a guest that has just booted, which then goes on. */
export async function keepState(qmp: Qmp, state: string): Promise<void> {
  await mkdir(dirname(state), { recursive: true });
  // Another process may do the same. The last one's file stays, and the guests that read another's keep it open.
  const temporary = `${state}.${randomBytes(4).toString('hex')}`;
  try {
    await qmp.execute('migrate', { uri: `exec:cat >'${temporary}'` });
    const written = async (): Promise<true | undefined> => {
      const found = (await qmp.execute('query-migrate')) as { readonly status: string; readonly 'error-desc'?: string };
      if (found.status === 'failed') throw new Error(`QEMU cannot write its state: ${found['error-desc'] ?? ''}`);
      return found.status === 'completed' || undefined;
    };
    await eventually('the state of a guest', written, { seconds: 60 });
    await rename(temporary, state);
  } finally {
    await rm(temporary, { force: true });
  }
  await qmp.execute('cont');
  await removeUnused(dirname(state));
}

/** Removes the states that no guest has continued from for a week. */
export async function removeUnused(directory: string): Promise<void> {
  const oldest = Date.now() - keptDays * 24 * 60 * 60 * 1000;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    // Another process may remove it, too.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}
