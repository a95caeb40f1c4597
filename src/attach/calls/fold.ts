import { concat, text as decodeText, utf8 } from '#bytes';
import { system } from '#system';
import { entryIn, makeDirectory, ownDirectory } from '../../host/directory.ts';
import { wait } from '../../host/command.ts';
import { closing, largestFile, readAll, removeIfThere, writeAll } from '../../host/files.ts';
import { ifUnlocked } from '../../host/lock.ts';
import { openOwn } from '../../host/own-files.ts';
import { lockDirectory } from '../directories.ts';
import { callsPath, longEnough } from './note.ts';
import { tallyOf, tallyText } from './tally.ts';

/** How often `foldCalls` checks the old file for late lines, and the milliseconds between two checks. */
const [looks, betweenLooks] = [6, 4];

/**
 * Sums up the lines of calls. Other calls go on writing meanwhile, without waiting. Their lines are copied to the new
 * file, so that a reader never sees less than before. A line is lost only if the machine delays its call between open
 * and write until after the last check of the old file. Never throws: the next call tries again.
 */
export async function foldCalls(): Promise<void> {
  try {
    await ifUnlocked(lockDirectory, { kind: 'calls', name: '' }, async () => {
      const directory = makeDirectory(ownDirectory);
      const [entry, beside] = [callsPath, `${callsPath}.tmp`].map((path) => entryIn(directory, path));
      if (entry === undefined || beside === undefined) return;
      const old = openOwn(entry, 'r');
      if (typeof old !== 'number') return;
      try {
        // Another call may have summed it up already.
        if (system.fstat(old).size < longEnough) return;
        const folded = utf8(tallyText(tallyOf(decodeText(readAll(old, largestFile)))));
        removeIfThere(beside);
        closing(system.open(beside, 'wx', 0o600), (file) => {
          writeAll(file, concat([folded, readAll(old, largestFile)]));
          system.rename(beside, entry);
        });
        for (let look = 0; look < looks; look++) {
          if (look > 0) await wait(betweenLooks);
          takeOver(old, entry);
        }
      } finally {
        system.close(old);
      }
    });
  } catch {
    // The old file still has all lines.
  }
}

// A call may have opened the old file before it was replaced, and write to it now.
function takeOver(old: number, entry: Parameters<typeof openOwn>[0]): void {
  const late = readAll(old, largestFile);
  const file = late.length === 0 ? undefined : openOwn(entry, 'a');
  if (typeof file !== 'number') return;
  closing(file, () => {
    writeAll(file, late);
  });
}
