import * as core from '../attach/client.ts';
import { refuseToldToEnd } from '../host/command.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import type { SandboxId } from '../model/identity.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';

/** A sandbox to change, and what can interrupt the change. */
export interface Change {
  readonly sandbox: SandboxId;
  readonly log: Log;
  /** Happens when the change is no longer wanted; left out if the change must run to its end. */
  readonly interrupted?: Interruption | undefined;
}

/** Seconds that one program may take. */
const timeoutSeconds = 10;

/** What a change works with. */
export interface Changing {
  readonly site: Site;
  readonly undo: core.Undo;
  /** The running sandbox, whose guest must be told about each change to the file; undefined if it does not run. */
  readonly running: core.Running | undefined;
}

/**
 * Changes a sandbox under its lock, which CNI's operations take too. A change that fails or is interrupted is undone.
 * Throws `sandbox-runs` if the sandbox runs and its shim does not answer, `interrupted`, `try-again-later`, and what
 * the work throws.
 */
export async function changeSandbox<T>(
  { sandbox, log, interrupted }: Change,
  work: (changing: Changing) => Promise<T> | T,
): Promise<T> {
  const changeLocked = async (lock: number): Promise<T> => {
    const undo = new core.Undo();
    try {
      const running = await core.runningOf(sandbox);
      const result = await work({ site: { timeoutSeconds, lock }, undo, running });
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
