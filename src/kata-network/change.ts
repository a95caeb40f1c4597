import * as core from '../attach/client.ts';
import { refuseToldToEnd } from '../host/command.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import type { SandboxId } from '../model/identity.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';

/** A sandbox that is to be changed, and by whom that may be stopped. */
export interface Change {
  readonly sandbox: SandboxId;
  readonly log: Log;
  /** It happens when the change is not wanted any more; left out for one that goes on to its end. */
  readonly interrupted?: Interruption | undefined;
}

/** Seconds that one program may take. */
const timeoutSeconds = 10;

/**
 * Changes a sandbox that does not run, under its lock, which CNI's operations take too. What fails, or is not wanted any
 * more, is taken back. Throws `sandbox-runs`, `interrupted`, `try-again-later`, and what the work throws.
 */
export async function changeSandbox<T>(
  { sandbox, log, interrupted }: Change,
  work: (site: Site, undo: core.Undo) => Promise<T> | T,
): Promise<T> {
  const changeLocked = async (lock: number): Promise<T> => {
    const undo = new core.Undo();
    try {
      await core.refuseRunning(sandbox);
      const result = await work({ timeoutSeconds, lock }, undo);
      await refuseToldToEnd(interrupted);
      return result;
    } catch (error) {
      const failures = await undo.run();
      if (error instanceof CniError) throw error.withDetails(failures);
      for (const failure of failures) log('error', failure);
      throw error;
    }
  };
  return await withLock(core.lockDirectory, { kind: 'sandbox', name: sandbox }, changeLocked, interrupted);
}
