import { utf8 } from '#bytes';
import { system } from '#system';
import { entryIn, makeDirectory, ownDirectory } from '../../host/directory.ts';
import { closing } from '../../host/files.ts';
import { openOwn } from '../../host/own-files.ts';
import { join } from '../../model/path.ts';
import { callLine, type EndedCall } from './tally.ts';

/**
 * What calls there were: a line for each, and now and then lines that sum up what was there. Its name has the version of its
 * form: a dan that writes another one begins another file.
 */
export const callsPath = join(ownDirectory, 'calls-1');

/** Bytes from which on the file is to be summed up: about a thousand calls. */
export const longEnough = 32 * 1024;

/** Bytes at which no more is written: nobody could sum it up for a long time. */
const tooLong = 1024 * 1024;

/**
 * Notes a call that has ended. Calls at the same time do not wait for each other: each appends one line with one write, which
 * the kernel does not mix with another. Never throws: what becomes of a call does not depend on its being counted. True: the
 * file is to be summed up.
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
