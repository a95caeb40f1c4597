import { utf8 } from '#bytes';
import { system } from '#system';
import { entryIn, makeDirectory, ownDirectory } from '../../host/directory.ts';
import { closing } from '../../host/files.ts';
import { openOwn } from '../../host/own-files.ts';
import { join } from '../../model/path.ts';
import { callLine, type EndedCall } from './tally.ts';

/**
 * The file of calls: one line for each call, and from time to time lines that sum up earlier ones. The name contains
 * the version of the format: a dan with another format starts another file.
 */
export const callsPath = join(ownDirectory, 'calls-1');

/** Size in bytes at which the file should be summed up: about a thousand calls. */
export const longEnough = 32 * 1024;

/** Size in bytes at which writing stops: summing up has failed for a long time. */
const tooLong = 1024 * 1024;

/**
 * Notes a call that has ended. Concurrent calls do not wait for each other: each appends one line with one write, which
 * the kernel does not interleave with others. Never throws: an error here must not change the call's outcome. Returns
 * true if the file should be summed up.
 */
export function noteCall(call: EndedCall): boolean {
  try {
    const file = openOwn(entryIn(makeDirectory(ownDirectory, 0o755), callsPath), 'a');
    if (typeof file !== 'number') return false;
    return closing(file, () => {
      const { size } = system.fstat(file);
      if (size < tooLong) system.write(file, utf8(callLine(call, Date.now() / 1000)));
      return size >= longEnough;
    });
  } catch {
    return false;
  }
}
