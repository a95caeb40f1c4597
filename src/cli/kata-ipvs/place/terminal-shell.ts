import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from '../../../host/command.ts';
import { start } from '../../../host/program/node.ts';
import type { Finished } from '../../../host/program/program.ts';
import { danError } from '../../../model/error.ts';
import type { CniError } from '../../../protocol/error.ts';
import { lines } from '../said.ts';
import type { Call } from './call.ts';
import { callLine, marksOf, openingLine, readAnswer } from './console-lines.ts';

/** Characters that are kept of what a console prints; more than any answer has is a fault. */
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
  const child = start(script, ['--quiet', '--return', '--command', `exec ${command}`, '/dev/null']);
  const terminal = new Terminal(child, name);
  try {
    return await within(call, terminal, `${call.program} in ${name}`, converse(terminal, call));
  } finally {
    await terminal.close();
  }
}

async function converse(terminal: Terminal, call: Call): Promise<Finished> {
  const marks = marksOf(randomBytes(8).toString('hex'));
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
class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #name: string;
  readonly #ended: Promise<void>;
  #heard = '';
  #typed = '';
  #hasEnded = false;
  #awaited: { readonly mark: string; readonly done: () => void } | undefined;

  constructor(child: ChildProcessWithoutNullStreams, name: string) {
    this.#child = child;
    this.#name = name;
    // What is typed after the end: that it has ended is told by whoever listens.
    child.stdin.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#take(text);
      });
    }
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#hasEnded = true;
        this.#awaited?.done();
        resolve();
      };
      child.on('error', end).on('close', end);
    });
  }

  /** Types a text, as it is. */
  type(text: string): void {
    this.#typed = text.trimEnd();
    this.#child.stdin.write(text);
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
    if (isThere()) return this.#heard;
    throw this.#failure();
  }

  /** Ends the program that runs in the shell: whoever only hangs up does not know what becomes of it. */
  kill(): boolean {
    this.type('\x03');
    return true;
  }

  /** Leaves the shell; whatever does not end by itself then is killed. */
  async close(): Promise<void> {
    this.#child.stdin.end(' exit\n');
    await Promise.race([this.#ended, wait(1000, undefined, { ref: false })]);
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
  }

  #take(text: string): void {
    const before = this.#heard.length;
    this.#heard += text;
    if (this.#heard.length > mostHeard) this.#child.kill('SIGKILL');
    const { mark = '', done } = this.#awaited ?? {};
    if (done !== undefined && this.#heard.includes(mark, Math.max(0, before - mark.length))) done();
  }

  #failure(): CniError {
    // Until the command has set its terminal, that one echoes what is typed.
    const last = lines(this.#heard)
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
