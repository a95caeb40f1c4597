import { readRecords } from '../../attach/client.ts';
import { runningSandboxes } from '../running.ts';
import { namesIn } from '../../host/files.ts';
import { sandboxesWithFile } from './sandbox.ts';

/** The ids of all sandboxes that show on the node: by a DAN file, by a record, or because they run. Throws `io-failure`. */
export function knownSandboxes(danConf: string): readonly string[] {
  const records = readRecords();
  const directories = new Set([danConf, ...records.map((record) => record.danConf)]);
  return [
    ...[...directories].flatMap((directory) => sandboxesWithFile(namesIn(directory))),
    ...records.map(({ sandbox }) => sandbox),
    ...runningSandboxes(),
  ];
}
