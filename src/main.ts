import { fstatSync, readSync, writeSync } from 'node:fs';
import { about } from './cli/about.ts';
import { type Caller, dispatch, failure, type Reply } from './protocol/dispatch.ts';
import { inputLimit } from './protocol/input.ts';
import { newestVersion } from './protocol/version.ts';

// The only file that touches the process: what it is started with, what it prints, how it ends.

const interruption = new AbortController();

const caller: Caller = {
  variables: process.env,
  readInput: () => Promise.resolve(readInput()),
  loadOperations: async () => {
    // Until now there was nothing to take back. From now on, whoever ends the process in an orderly way lets it do that.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        interruption.abort(signal);
      });
    }
    return (await import('./attach/operations.ts')).operations;
  },
  interrupted: interruption.signal,
};

process.on('uncaughtException', (error) => {
  void end(failure(error, newestVersion));
});
process.on('unhandledRejection', (error) => {
  void end(failure(error, newestVersion));
});

if ((process.env['CNI_COMMAND'] ?? '') === '') {
  writeSync(2, about());
} else {
  void dispatch(caller).then(end);
}

async function end({ exitCode, stdout, takeBack }: Reply): Promise<never> {
  try {
    const bytes = new TextEncoder().encode(stdout);
    for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
    process.exit(exitCode);
  } catch {
    // A runtime that does not hear of an attachment does not know that it has one.
    await takeBack?.().catch(() => undefined);
    process.exit(1);
  }
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
