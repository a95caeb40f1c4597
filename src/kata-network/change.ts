import * as core from '../attach/client.ts';
import { refuseToldToEnd } from '../host/command.ts';
import { exists } from '../host/files.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import { danError } from '../model/error.ts';
import type { SandboxId } from '../model/identity.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { sandboxDirectories } from '../node/kata-sandboxes.ts';

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
      refuseRunning(sandbox);
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

// Its runtime reads the DAN file when it starts.
function refuseRunning(sandbox: string): void {
  const directory = sandboxDirectories.map((parent) => `${parent}/${sandbox}`).find(exists);
  if (directory === undefined) return;
  throw danError(
    'sandbox-runs',
    `sandbox ${sandbox} runs (${directory} exists), and a DAN file counts when a sandbox starts: nothing was written. ` +
      'Give a sandbox its interfaces and routes before it starts; if it has ended, remove that directory',
  );
}
