import { system } from '#system';
import { refuseToldToEnd, wait } from '../host/command.ts';
import { exists, namesIn } from '../host/files.ts';
import { sandboxDirectories, signOfLife } from '../host/kata-sandbox.ts';
import { namespaceOf, wordsOf } from '../host/open-files.ts';
import { danError } from '../model/error.ts';
import { protocolError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';

/** The sandbox to look for. */
export interface Search {
  /** Its own id, or that of a container in it. */
  readonly id: string;
  /** The inode number of the namespace in the call; undefined if there is none. */
  readonly netnsInode: number | undefined;
  /** The recorded attachments. */
  readonly recorded: readonly { readonly sandbox: string; readonly netnsInode?: number | undefined }[];
  /** When the search ends at the latest: milliseconds of `system.now()`. */
  readonly deadline: number;
  readonly interrupted?: Interruption | undefined;
}

/** Milliseconds between two checks of a sandbox that is starting or ending. */
const pause = 50;

/** A running sandbox. */
export interface Running {
  readonly sandbox: string;
  /** The socket on which its shim answers. */
  readonly shim: string;
}

/**
 * The running sandbox; undefined if nothing with that id runs. A controller that plugs networks into pods may call with
 * a container's id, which means the sandbox in the same network namespace. Waits for a sandbox that is starting or
 * ending. Throws `sandbox-runs` if something runs that is not a sandbox of Kata, `try-again-later`, `interrupted`.
 */
export async function findRunning(search: Search): Promise<Running | undefined> {
  const { id, deadline, interrupted } = search;
  const sandbox = findSandbox(search);
  if (sandbox === undefined) {
    if ((await signOfLife(id)) === undefined) return undefined;
    throw danError(
      'sandbox-runs',
      `${id} runs, and no sandbox of Kata's has its id or its network namespace: only a virtual machine of Kata's can be ` +
        'given an interface while it runs',
    );
  }
  for (;;) {
    const sign = await signOfLife(sandbox);
    if (sign === undefined) return undefined;
    if (sign.by === 'shim') return { sandbox, shim: sign.socket };
    if (system.now() >= deadline) throw inBetween(sandbox, sign.directory);
    await wait(pause);
    await refuseToldToEnd(interrupted);
  }
}

/**
 * Refuses an attachment if its sandbox started while dan wrote the file, unless its virtual machine has the interface:
 * Kata may have read the file before. `holds` tells whether a program has the tap open. Throws `try-again-later`,
 * `interrupted`.
 */
export async function refuseStartedMeanwhile(search: Search, holds: () => Promise<boolean>): Promise<void> {
  if ((await findRunning(search)) === undefined || (await holds())) return;
  throw protocolError(
    'try-again-later',
    `sandbox ${search.id} started while it was being attached, and its virtual machine does not have the interface: ` +
      'everything is undone; a further ADD plugs it in',
  );
}

function inBetween(sandbox: string, directory: string): Error {
  return protocolError(
    'try-again-later',
    `sandbox ${sandbox} starts or ends: ${directory} is there, and no shim answers in it; nothing was made. If it has ended, ` +
      'remove that directory',
  );
}

/** The Kata sandbox that a call means, by its id or network namespace, running or not; undefined if there is none. */
export function findSandbox(search: Omit<Search, 'deadline'>): string | undefined {
  return hasDirectory(search.id) ? search.id : sandboxOfNetns(search);
}

function hasDirectory(id: string): boolean {
  return sandboxDirectories.some((parent) => exists(`${parent}/${id}`));
}

// If dan attached the sandbox, the inode number is in a record. Otherwise, a process of the sandbox is in the
// namespace: the VMM, whose command line has the sandbox's id.
function sandboxOfNetns({ netnsInode, recorded }: Omit<Search, 'deadline'>): string | undefined {
  if (netnsInode === undefined) return undefined;
  const ofRecord = recorded.find((one) => one.netnsInode === netnsInode && hasDirectory(one.sandbox));
  if (ofRecord !== undefined) return ofRecord.sandbox;
  const sandboxes = sandboxDirectories.flatMap(namesIn);
  if (sandboxes.length === 0) return undefined;
  // A process in a container may have any command line, but its PID namespace is not dan's.
  const own = namespaceOf('self', 'pid');
  for (const pid of namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (namespaceOf(pid, 'net') !== netnsInode || namespaceOf(pid, 'pid') !== own) continue;
    const words = wordsOf(pid);
    const sandbox = sandboxes.find((id) => words.some((word) => word.includes(id)));
    if (sandbox !== undefined) return sandbox;
  }
  return undefined;
}
