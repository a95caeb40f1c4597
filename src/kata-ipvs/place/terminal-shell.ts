import { hex, latin1, text as decoded, utf8 } from '#bytes';
import { system } from '#system';
import { shellWord } from '../../command/shell-word.ts';
import { type Finished, minimalVariables, wait, within } from '../../host/command.ts';
import type { Program } from '../../host/system/system.ts';
import { danError } from '../../model/error.ts';
import type { CniError } from '../../protocol/error.ts';
import { lines } from '../program-output.ts';
import type { Call } from './call.ts';
import { callLine, marksOf, openingLine, readAnswer } from './console-lines.ts';

/** The most bytes that a console may print. 20,000 IPv6 rules need half of that. */
const mostHeard = 4 * 1024 * 1024;

/** How many of the last bytes are searched for a mark, or for the reason why the console ended. */
const lastBytes = 1000;

/** A shell that is reached through a terminal. */
export interface Console {
  /** Its name in error messages. */
  readonly name: string;
  /** The program that runs a command in a terminal: script(1). */
  readonly script: string;
  /** The words of the command that connects to the shell. script(1) passes it, quoted, to the node's shell. */
  readonly command: readonly string[];
}

/**
 * Runs a program in a shell behind a terminal, by typing. A terminal has only one stream, so the program's output is on
 * stdout if it succeeded, otherwise on stderr. Throws `command-failed` if the console ends before the program does, and
 * `command-timeout`.
 */
export async function runInShell({ name, script, command }: Console, call: Call): Promise<Finished> {
  const options = ['--quiet', '--return', '--command', `exec ${command.map(shellWord).join(' ')}`];
  const terminal = new ShellTerminal(name, script, [...options, '/dev/null']);
  try {
    return await within(call, terminal, `${call.program} in ${name}`, converse(terminal, call));
  } finally {
    await terminal.close();
  }
}

async function converse(terminal: ShellTerminal, call: Call): Promise<Finished> {
  const marks = marksOf(hex(system.randomBytes(8)));
  terminal.type(openingLine(marks));
  await terminal.hear(marks.ready);
  terminal.type(callLine(call, marks));
  if (call.input !== undefined) {
    await terminal.hear(marks.data);
    terminal.type(call.input);
  }
  const { said, exitCode } = readAnswer(await terminal.hear(marks.end), marks);
  return { exitCode, stdout: exitCode === 0 ? said : '', stderr: exitCode === 0 ? '' : said };
}

/** The near end of the terminal. */
class ShellTerminal {
  readonly #name: string;
  readonly #program: Program;
  readonly #ended: Promise<void>;
  /** Everything that was printed, with spare room. A string would be copied with each new part. */
  #heard = new Uint8Array(lastBytes);
  #length = 0;
  #isTooMuch = false;
  #typed = '';
  #hasEnded = false;
  #awaited: { readonly mark: string; readonly done: (isThere: boolean) => void } | undefined;

  constructor(name: string, path: string, args: readonly string[]) {
    this.#name = name;
    this.#program = system.start(path, args, {
      variables: minimalVariables,
      input: 'open',
      outputLimit: Number.MAX_SAFE_INTEGER,
      onOutput: (bytes) => {
        this.#take(bytes);
      },
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#awaited?.done(false);
    };
    this.#ended = this.#program.ended.then(end, end);
  }

  /** Types a text unchanged. */
  type(text: string): void {
    this.#typed = text.trimEnd();
    this.#program.write(utf8(text));
  }

  /** Waits for a mark and returns everything printed until then. Throws `command-failed` if the console ends first. */
  async hear(mark: string): Promise<string> {
    const hasCome = await new Promise<boolean>((done) => {
      const isThere = latin1(this.#last(lastBytes)).includes(mark);
      if (isThere || this.#hasEnded) done(isThere);
      else this.#awaited = { mark, done };
    });
    this.#awaited = undefined;
    if (hasCome) return decoded(this.#last(this.#length));
    throw this.#failure();
  }

  /** Interrupts the program in the shell. After a mere hang-up, nobody knows what becomes of it. */
  kill(): boolean {
    this.type('\x03');
    return true;
  }

  /** Leaves the shell, and kills the program that connects to it if it does not end by itself within a second. */
  async close(): Promise<void> {
    this.#program.write(utf8(' exit\n'));
    this.#program.endInput();
    await Promise.race([this.#ended, wait(1000)]);
    if (!this.#hasEnded) this.#program.kill();
  }

  #take(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > mostHeard) {
      this.#isTooMuch = true;
      this.#program.kill();
      return;
    }
    if (length > this.#heard.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.#heard.subarray(0, this.#length));
      this.#heard = larger;
    }
    this.#heard.set(bytes, this.#length);
    this.#length = length;
    const { mark, done } = this.#awaited ?? {};
    // The mark may arrive in two parts.
    if (mark !== undefined && latin1(this.#last(bytes.length + mark.length)).includes(mark)) done?.(true);
  }

  #last(bytes: number): Uint8Array {
    return this.#heard.subarray(Math.max(0, this.#length - bytes), this.#length);
  }

  #failure(): CniError {
    if (this.#isTooMuch) {
      return danError(
        'command-failed',
        `${this.#name} printed more than ${mostHeard} bytes, which no shell there does`,
      );
    }
    // Until the command has configured its terminal, the terminal echoes what is typed.
    const last = lines(decoded(this.#last(lastBytes)))
      .filter((line) => line !== this.#typed)
      .join('; ')
      .slice(-500);
    return danError(
      'command-failed',
      `${this.#name} ended before it answered: see that the sandbox runs, and that its configuration of Kata had ` +
        '"debug_console_enabled = true" when it was started',
      last === '' ? undefined : last,
    );
  }
}
