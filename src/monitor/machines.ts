import { isOwn } from '../host/directory.ts';
import { namesIn, statusAt } from '../host/files.ts';
import { wordsOf } from '../host/open-files.ts';
import type { Door } from './monitor.ts';
import { isMachineOf } from './qemu-words.ts';

/** A process that runs a virtual machine. */
export interface Machine {
  readonly pid: number;
  /** Its command line. */
  readonly words: readonly string[];
}

/** The processes of QEMU that run a sandbox. Throws `io-failure`. */
export function qemusOf(sandbox: string): readonly Machine[] {
  return machinesThat((words) => isMachineOf(words, sandbox));
}

/**
 * Whether the virtual machine of a sandbox has ended, so that there is no process of its VMM any more. When a VMM
 * closes its socket, its process may still exist for a moment. Throws `io-failure`.
 */
export function hasEnded(sandbox: string, { kind, socket }: Door): boolean {
  const machines = kind === 'cloud-hypervisor' ? machinesThat((words) => servesApiAt(words, socket)) : qemusOf(sandbox);
  return machines.length === 0;
}

/**
 * Whether this is the command line of a Cloud Hypervisor whose API is at a socket. Both of Kata's runtimes pass it only
 * the path (`cloud_hypervisor_launch` of runtime-rs, `launchClh` of the Go runtime). Pure.
 */
export function servesApiAt(words: readonly string[], socket: string): boolean {
  return words.some((word, index) => word === '--api-socket' && words[index + 1] === socket);
}

// A process in a container may have any command line, but it has another PID namespace, or does not belong to root.
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
