import { fstatSync, readSync, writeSync } from 'node:fs';
import { about } from './cli/about.ts';
import { type Caller, dispatch, failure, type Reply } from './protocol/dispatch.ts';
import { inputLimit } from './protocol/input.ts';
import { newestVersion } from './protocol/version.ts';

// The only file that touches the process: what it is started with, what it prints, how it ends.

const caller: Caller = {
  variables: process.env,
  readInput: () => Promise.resolve(readInput()),
  loadOperations: async () => (await import('./attach/operations.ts')).operations,
};

process.on('uncaughtException', (error) => {
  end(failure(error, newestVersion));
});
process.on('unhandledRejection', (error) => {
  end(failure(error, newestVersion));
});

if ((process.env['CNI_COMMAND'] ?? '') === '') {
  writeSync(2, about());
} else {
  void dispatch(caller).then(end);
}

function end({ exitCode, stdout }: Reply): never {
  const bytes = new TextEncoder().encode(stdout);
  for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
  process.exit(exitCode);
}

// A little more than the limit is read, so that whoever parses it sees that it is too much.
function readInput(): Uint8Array {
  if (fstatSync(0).isCharacterDevice()) return new Uint8Array();
  const buffer = new Uint8Array(inputLimit + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(0, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}
