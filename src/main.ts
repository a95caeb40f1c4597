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
    // Until now there was nothing to take back.
    untilInterrupted();
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

if ((process.env['CNI_COMMAND'] ?? '') !== '') {
  void dispatch(caller).then(end);
} else if (process.argv.length > 2) {
  void runCommandLine(process.argv.slice(2));
} else {
  writeSync(2, about());
}

// From now on, whoever ends the process in an orderly way lets it take back what it did.
function untilInterrupted(): AbortSignal {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interruption.abort(signal);
    });
  }
  return interruption.signal;
}

async function runCommandLine(line: readonly string[]): Promise<never> {
  // The plugin is not to wait for them.
  const [{ runLine }, { isatty }] = await Promise.all([import('./cli/run.ts'), import('node:tty')]);
  const { NO_COLOR: noColour = '', TERM: terminal } = process.env;
  const exitCode = await runLine(line, {
    print: (text) => {
      write(1, text);
    },
    warn: (text) => {
      write(2, text);
    },
    readInput,
    colours: isatty(1) && noColour === '' && terminal !== 'dumb',
    directory: process.cwd(),
    untilInterrupted,
    // What is compiled into an executable has a path below this one, which is nowhere on the disk.
    executable: process.argv[1]?.startsWith('/$bunfs/') === true ? process.execPath : undefined,
  });
  process.exit(exitCode);
}

// Whoever stops reading, like `head`, has seen enough.
function write(file: 1 | 2, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  } catch {
    process.exit(1);
  }
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
function readInput(limit = inputLimit): Uint8Array {
  if (fstatSync(0).isCharacterDevice()) return new Uint8Array();
  const buffer = new Uint8Array(limit + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(0, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}
