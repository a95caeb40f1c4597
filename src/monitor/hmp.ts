import { concat, text, utf8 } from '#bytes';
import type { Stream } from '../host/stream.ts';
import { Connection } from './connection.ts';
import { garbled, quoted, refused } from './faults.ts';
import { childrenIn, functionsIn, linesOf, refusalIn, backendsIn } from './hmp-answers.ts';
import type { QemuMonitor } from './qemu.ts';
import type { PciFunction } from './slots.ts';
import type { QemuStep } from './steps.ts';

/**
 * The longest answer, in characters. For each character of a command, QEMU moves the cursor to the command's start and
 * prints the command again: for a command with 256 queues, that is longer than the answer.
 */
const mostPrinted = 16 * 1024 * 1024;

/** QEMU's prompt for a command. */
const prompt = '(qemu) ';
const lineOfPrompt = `\n${prompt}`;

/**
 * QEMU's human monitor, which reads lines and prints texts. It echoes its input, as on a terminal. An error is a line
 * of its answer.
 */
export class Hmp extends Connection implements QemuMonitor {
  /** Waits for the greeting, and for the first prompt. */
  static async greet(socket: string, deadline: number, stream: Stream): Promise<Hmp> {
    const hmp = new Hmp(socket, deadline, stream);
    const greeting = await hmp.#untilPrompt();
    if (!greeting.startsWith('QEMU ')) throw garbled(socket, `its greeting is ${quoted(greeting)}`);
    return hmp;
  }

  async run(step: QemuStep, files?: readonly number[]): Promise<void> {
    await this.#ask(commandLine(step), files);
  }

  async devices(): Promise<readonly string[]> {
    return childrenIn(await this.#ask('qom-list /machine/peripheral'));
  }

  async backends(): Promise<readonly string[]> {
    return backendsIn((await this.#ask('info network')).join('\n'));
  }

  async pci(): Promise<readonly PciFunction[]> {
    return functionsIn(await this.#ask('info pci'));
  }

  async #ask(command: string, files?: readonly number[]): Promise<readonly string[]> {
    this.stream.write(utf8(`${command}\n`), files);
    const lines = linesOf(await this.#untilPrompt());
    const refusal = refusalIn(lines);
    if (refusal !== undefined) throw refused(this.socket, `"${command}"`, quoted(refusal));
    return lines;
  }

  // Nothing follows a prompt until the next command, since dan is the only client. A prompt is ASCII, so a character
  // that is cut at the end of a piece is not mistaken for one.
  async #untilPrompt(): Promise<string> {
    const pieces: Uint8Array[] = [];
    let end = '\n';
    for (let length = 0; length <= mostPrinted; ) {
      const piece = await this.stream.takeSome();
      pieces.push(piece);
      length += piece.length;
      end = `${end}${text(piece.subarray(-lineOfPrompt.length))}`.slice(-lineOfPrompt.length);
      if (end === lineOfPrompt) return text(concat(pieces)).slice(0, -prompt.length);
    }
    throw garbled(this.socket, 'it prints without an end');
  }
}

/** A step as a command line: the first argument has no name, the others have one. Pure. */
export function commandLine({ command, args }: QemuStep): string {
  const [first, ...others] = Object.entries(args).map(([name, value], index) => {
    const word = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    return index === 0 ? word : `${name}=${word}`;
  });
  return `${command} ${[first, ...others].join(',')}`;
}
