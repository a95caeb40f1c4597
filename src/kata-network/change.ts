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

/** How a sandbox is changed. */
export interface Changing {
  readonly site: Site;
  readonly undo: core.Undo;
  /** It runs: what is changed in the file, its guest must be told. undefined: it does not. */
  readonly running: core.Running | undefined;
}

/**
 * Changes a sandbox under its lock, which CNI's operations take too. What fails, or is not wanted any more, is undone.
 * Throws `sandbox-runs` for one of which no shim answers, `interrupted`, `try-again-later`, and what the work throws.
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
