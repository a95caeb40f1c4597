import { exists, namesIn } from '../host/files.ts';
import { danError } from '../model/error.ts';

/**
 * Where Kata's runtimes have a directory for each sandbox, from its start to its end: the Go runtime (`fs` of
 * virtcontainers/persist), then the Rust runtime (`KATA_PATH` of kata-types).
 */
const runDirectories = ['/run/vc/sbs', '/run/kata'] as const;

/** The ids of the sandboxes that run. */
export function runningSandboxes(): readonly string[] {
  return runDirectories.flatMap(namesIn);
}

/** Refuses to change a sandbox that runs: its runtime reads the DAN file when it starts. Throws `sandbox-runs`. */
export function refuseRunning(sandbox: string): void {
  const directory = runDirectories.map((parent) => `${parent}/${sandbox}`).find(exists);
  if (directory === undefined) return;
  throw danError(
    'sandbox-runs',
    `sandbox ${sandbox} runs (${directory} exists), and a DAN file counts when a sandbox starts: nothing was written. ` +
      'Give a sandbox its interfaces and routes before it starts; if it has ended, remove that directory',
  );
}
