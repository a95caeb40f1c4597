import { readRecords } from '../attach/client.ts';
import { exists, namesIn } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { sandboxDirectories } from '../node/kata-sandboxes.ts';

/** The ids of all sandboxes that show on the node: by a DAN file, by a record, or because they run. Throws `io-failure`. */
export function knownSandboxes(danConf: string): readonly string[] {
  const records = readRecords();
  const directories = new Set([danConf, ...records.map((record) => record.danConf)]);
  return [
    ...[...directories].flatMap((directory) => sandboxesWithFile(namesIn(directory))),
    ...records.map(({ sandbox }) => sandbox),
    ...sandboxDirectories.flatMap(namesIn),
  ];
}

/** The ids of sandboxes that have a file in a directory, whosever entries are in it. */
export function sandboxesWithFile(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const [, id] = /^([^.].*)\.json$/.exec(name) ?? [];
    return id === undefined ? [] : [id];
  });
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
