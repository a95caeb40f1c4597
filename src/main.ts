import { about } from './cli/about.ts';
import { openStandardFiles } from './host/standard-files.ts';
import { type Caller, dispatch, failure, type Reply } from './protocol/dispatch.ts';
import { inputLimit } from './protocol/input.ts';
import { newestVersion } from './protocol/version.ts';

// The only file that touches the process: what it is started with, what it prints, how it ends.

const interruption = new AbortController();

const caller: Caller = {
  variables: process.env,
  // A little more than the limit, so that whoever parses it sees that it is too much.
  readInput: async () => (await openStandardFiles()).read(inputLimit + 1),
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
  void openStandardFiles().then(({ write }) => {
    write(2, about());
  });
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
  const { read, write } = await openStandardFiles();
  // Whoever stops reading, like `head`, has seen enough.
  const say = (file: 1 | 2, text: string): void => {
    try {
      write(file, text);
    } catch {
      process.exit(1);
    }
  };
  const { NO_COLOR: noColour = '', TERM: terminal } = process.env;
  const exitCode = await runLine(line, {
    print: (text) => {
      say(1, text);
    },
    warn: (text) => {
      say(2, text);
    },
    readInput: (limit = inputLimit) => read(limit + 1),
    colours: isatty(1) && noColour === '' && terminal !== 'dumb',
    directory: process.cwd(),
    untilInterrupted,
    // What is compiled into an executable has a path below this one, which is nowhere on the disk.
    executable: process.argv[1]?.startsWith('/$bunfs/') === true ? process.execPath : undefined,
  });
  process.exit(exitCode);
}

async function end({ exitCode, stdout, takeBack }: Reply): Promise<never> {
  try {
    (await openStandardFiles()).write(1, stdout);
    process.exit(exitCode);
  } catch {
    // A runtime that does not hear of an attachment does not know that it has one.
    await takeBack?.().catch(() => undefined);
    process.exit(1);
  }
}
