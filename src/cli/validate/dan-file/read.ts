import { type ReaderName, profiles } from '../../../dan/profile.ts';
import { readAsPublished } from './generic.ts';
import { readAsGo } from './go.ts';
import { sandboxRemarks } from './guest.ts';
import { ignoredKeys } from './ignored-keys.ts';
import type { FileReading } from './reading.ts';
import { readAsRust } from './runtime-rs.ts';

/** What a reader makes of the text of a DAN file, and what the guest makes of that. */
export function readDanText(text: string, runtime: ReaderName): FileReading {
  const reading = readBy(text, runtime);
  return {
    ...reading,
    remarks: [
      ...reading.remarks,
      ...(reading.accepted ? sandboxRemarks(reading.devices) : []),
      ...ignoredKeys(text, runtime),
    ],
  };
}

function readBy(text: string, runtime: ReaderName): FileReading {
  switch (runtime) {
    case 'runtime-rs':
    case 'runtime-rs-3':
      return readAsRust(text, profiles[runtime]);
    case 'go':
      return readAsGo(text);
    case 'generic':
      return readAsPublished(text, profiles[runtime]);
    default:
      return runtime satisfies never;
  }
}
