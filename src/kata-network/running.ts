import { exists, namesIn } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { sandboxDirectories } from '../node/kata-sandboxes.ts';

/** The ids of the sandboxes that run. */
export function runningSandboxes(): readonly string[] {
  return sandboxDirectories.flatMap(namesIn);
}

/** Refuses to change a sandbox that runs: its runtime reads the DAN file when it starts. Throws `sandbox-runs`. */
export function refuseRunning(sandbox: string): void {
  const directory = sandboxDirectories.map((parent) => `${parent}/${sandbox}`).find(exists);
  if (directory === undefined) return;
  throw danError(
    'sandbox-runs',
    `sandbox ${sandbox} runs (${directory} exists), and a DAN file counts when a sandbox starts: nothing was written. ` +
      'Give a sandbox its interfaces and routes before it starts; if it has ended, remove that directory',
  );
}
