import { isOwn } from '../host/directory.ts';
import { namesIn, statusAt } from '../host/files.ts';
import { wordsOf } from '../host/open-files.ts';
import type { Door } from './monitor.ts';
import { isMachineOf } from './qemu-words.ts';

/** A process that runs a virtual machine. */
export interface Machine {
  readonly pid: number;
  /** What it was started with. */
  readonly words: readonly string[];
}

/** The processes of QEMU that run a sandbox. Throws `io-failure`. */
export function qemusOf(sandbox: string): readonly Machine[] {
  return machinesThat((words) => isMachineOf(words, sandbox));
}

/**
 * Whether the virtual machine of a sandbox has ended: no process of its monitor is there any more. A monitor that closes its
 * socket is about to end, and its process may be there for a moment. Throws `io-failure`.
 */
export function hasEnded(sandbox: string, { kind, socket }: Door): boolean {
  const machines = kind === 'cloud-hypervisor' ? machinesThat((words) => servesApiAt(words, socket)) : qemusOf(sandbox);
  return machines.length === 0;
}

/**
 * Whether these are the words of a Cloud Hypervisor whose API is at a socket: both of Kata's runtimes give it the path alone
 * (`cloud_hypervisor_launch` of runtime-rs, `launchClh` of the Go runtime). Pure.
 */
export function servesApiAt(words: readonly string[], socket: string): boolean {
  return words.some((word, index) => word === '--api-socket' && words[index + 1] === socket);
}

// What runs in a container may have any words: it has another namespace of processes, or is not root's.
function machinesThat(isMeant: (words: readonly string[]) => boolean): readonly Machine[] {
  const own = statusAt('/proc/self/ns/pid')?.ino;
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), words: wordsOf(Number(name)) }))
    .filter(({ pid, words }) => {
      if (!isMeant(words)) return false;
      const process = statusAt(`/proc/${pid}`);
      return process !== undefined && isOwn(process) && statusAt(`/proc/${pid}/ns/pid`)?.ino === own;
    });
}
