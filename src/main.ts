import { utf8 } from '#bytes';
import { system } from '#system';
import { operations } from './attach/operations.ts';
import { noteCall } from './attach/calls/note.ts';
import { type CountedCommand, countedCommands } from './attach/calls/tally.ts';
import { about } from './cli/about.ts';
import { onFile, readAll, writeAll } from './host/files.ts';
import { dispatch, failure, type Reply } from './protocol/dispatch.ts';
import { inputLimit } from './protocol/input.ts';
import { Interruption } from './protocol/interruption.ts';
import { newestVersion } from './protocol/version.ts';

// Only this file knows how the process starts, what it prints and how it ends. The build evaluates modules, so only
// functions may read anything about a call.

system.onStart(main);

function main(): void {
  // The caller may have any umask. Unless a mode is set, what dan makes is accessible to root only.
  system.umask(0o077);
  const start = system.now();
  const trace = (error: Error): string => system.trace(error);
  const variables = system.environment();
  const command = countedCommands.find((one) => one === variables['CNI_COMMAND']);
  const end = (reply: Reply): Promise<never> => endCall(reply, start, command);
  system.onUncaught((error) => {
    void end(failure(error, { variables, trace }, newestVersion));
  });
  const args = system.args();
  if ((variables['CNI_COMMAND'] ?? '') !== '') {
    const interrupted = new Interruption();
    const beforeOperation = (): void => {
      interruptBySignals(interrupted);
    };
    // One byte above the limit, so that the parser notices an input that is too large.
    const readInput = (): Uint8Array => readStandardInput(inputLimit + 1);
    void dispatch({ variables, readInput, operations, beforeOperation, interrupted, trace }).then(end);
  } else if (args.length > 0) {
    void runCommandLine(args);
  } else {
    print(2, about());
    system.exit(0);
  }
}

// From now on, a signal that ends the process first lets it undo what it did.
function interruptBySignals(interruption: Interruption): void {
  onFile('signals cannot be listened to', () => {
    system.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'], (signal) => {
      interruption.interrupt(signal);
    });
  });
}

async function runCommandLine(line: readonly string[]): Promise<never> {
  // The plugin does not need these modules, so it does not load them.
  const { runLine } = await import('./cli/run.ts');
  const { printableLines } = await import('./command/printable.ts');
  // A reader that stops reading, like `head`, has seen enough.
  const printer =
    (file: 1 | 2, coloured: boolean) =>
    (text: string): void => {
      try {
        print(file, printableLines(text, coloured));
      } catch {
        system.exit(1);
      }
    };
  const { NO_COLOR: noColour = '', TERM: terminal } = system.environment();
  const colours = system.isatty(1) && noColour === '' && terminal !== 'dumb';
  const exitCode = await runLine(line, {
    print: printer(1, colours),
    warn: printer(2, false),
    readInput: (limit = inputLimit) => readStandardInput(limit + 1),
    colours,
    // The working directory may have been deleted, which does not matter to most commands.
    get directory() {
      return onFile('the working directory cannot be read', () => system.getcwd());
    },
    untilInterrupted: () => {
      const interruption = new Interruption();
      interruptBySignals(interruption);
      return interruption;
    },
    executable: system.executable(),
  });
  system.exit(exitCode);
}

/** Bytes of the first read from standard input. A network configuration is usually smaller. */
const usualInput = 16 * 1024;

// A terminal does not count as input.
function readStandardInput(limit: number): Uint8Array {
  return system.isatty(0) ? new Uint8Array() : readAll(0, limit, usualInput);
}

function print(file: 1 | 2, text: string): void {
  writeAll(file, utf8(text));
}

async function endCall(reply: Reply, start: number, command: CountedCommand | undefined): Promise<never> {
  const { exitCode, stdout, failed: result = 'success', takeBack } = reply;
  try {
    print(1, stdout);
  } catch {
    // Without an answer, a runtime does not know that it has an attachment.
    await takeBack?.().catch(() => undefined);
    system.exit(1);
  }
  const isLong = command !== undefined && noteCall({ command, result, milliseconds: system.now() - start });
  if (isLong) await (await import('./attach/calls/fold.ts')).foldCalls();
  system.exit(exitCode);
}
