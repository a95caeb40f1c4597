import { hex, latin1, text as decoded, utf8 } from '#bytes';
import { system } from '#system';
import { type Finished, minimalVariables, wait, within } from '../../host/command.ts';
import type { Program } from '../../host/system/system.ts';
import { danError } from '../../model/error.ts';
import type { CniError } from '../../protocol/error.ts';
import { lines } from '../program-output.ts';
import type { Call } from './call.ts';
import { callLine, marksOf, openingLine, readAnswer } from './console-lines.ts';

/** Bytes that are kept of what a console prints; more than any answer has is a fault. */
const mostHeard = 16 * 1024 * 1024;

/** A shell that is reached through a terminal. */
export interface Console {
  /** What the errors call it. */
  readonly name: string;
  /** The program that gives a terminal to a command: script(1). */
  readonly script: string;
  /** The command that connects to the shell; script(1) hands it to the node's shell, so none of it may need quoting. */
  readonly command: string;
}

/**
 * Runs a program in a shell that is reached through a terminal, by typing. A terminal has one stream, so what the program
 * said is on stdout where it succeeded, else on stderr. Throws `command-failed` where the console ends before the program
 * does, and `command-timeout`.
 */
export async function runInShell({ name, script, command }: Console, call: Call): Promise<Finished> {
  const options = ['--quiet', '--return', '--command', `exec ${command}`];
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
  /** All that was heard, a character for each byte: a part may end within a character of UTF-8. */
  #heard = '';
  #typed = '';
  #hasEnded = false;
  #awaited: { readonly mark: string; readonly done: () => void } | undefined;

  constructor(name: string, path: string, args: readonly string[]) {
    this.#name = name;
    this.#program = system.start(path, args, {
      variables: minimalVariables,
      input: 'open',
      outputLimit: mostHeard,
      onOutput: (bytes) => {
        this.#take(bytes);
      },
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#awaited?.done();
    };
    this.#ended = this.#program.ended.then(end, end);
  }

  /** Types a text, as it is. */
  type(text: string): void {
    this.#typed = text.trimEnd();
    this.#program.write(utf8(text));
  }

  /** Waits for a mark and gives all that was heard until then. Throws `command-failed` where the console ends before. */
  async hear(mark: string): Promise<string> {
    const isThere = (): boolean => this.#heard.includes(mark);
    if (!isThere() && !this.#hasEnded) {
      await new Promise<void>((done) => {
        this.#awaited = { mark, done };
      });
      this.#awaited = undefined;
    }
    if (isThere()) return this.#text();
    throw this.#failure();
  }

  /** Ends the program that runs in the shell: whoever only hangs up does not know what becomes of it. */
  kill(): boolean {
    this.type('\x03');
    return true;
  }

  /** Leaves the shell; whatever does not end by itself then is killed. */
  async close(): Promise<void> {
    this.#program.write(utf8(' exit\n'));
    this.#program.endInput();
    await Promise.race([this.#ended, wait(1000)]);
    if (!this.#hasEnded) this.#program.kill();
  }

  #take(bytes: Uint8Array): void {
    const before = this.#heard.length;
    this.#heard += latin1(bytes);
    const { mark = '', done } = this.#awaited ?? {};
    if (done !== undefined && this.#heard.includes(mark, Math.max(0, before - mark.length))) done();
  }

  #text(): string {
    const heard = this.#heard;
    const bytes = new Uint8Array(heard.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = heard.charCodeAt(at);
    return decoded(bytes);
  }

  #failure(): CniError {
    // Until the command has set its terminal, that one echoes what is typed.
    const last = lines(this.#text())
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
