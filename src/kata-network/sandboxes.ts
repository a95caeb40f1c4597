import { readRecords } from '../attach/client.ts';
import { namesIn } from '../host/files.ts';
import { sandboxDirectories } from '../host/kata-sandbox.ts';

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
