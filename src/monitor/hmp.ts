import { concat, text, utf8 } from '#bytes';
import type { Stream } from '../host/stream.ts';
import { Connection } from './connection.ts';
import { garbled, quoted, refused } from './faults.ts';
import { childrenIn, functionsIn, linesOf, refusalIn, backendsIn } from './hmp-answers.ts';
import type { QemuMonitor } from './qemu.ts';
import type { PciFunction } from './slots.ts';
import type { QemuStep } from './steps.ts';

/**
 * Characters of an answer, at most. For each character of a command, QEMU goes back to the command's start and prints it once
 * more: of one that names 256 queues that is more than the answer.
 */
const mostPrinted = 16 * 1024 * 1024;

/** What QEMU prints when it waits for a command. */
const prompt = '(qemu) ';
const lineOfPrompt = `\n${prompt}`;

/**
 * QEMU's human monitor, which reads lines and prints texts. It echoes what it reads, as for a terminal; what it refuses is a line
 * that says so.
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

  // It says nothing more behind a prompt, as nobody else is at the other end. What was cut within a character is no prompt.
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

/** A step as the human monitor reads it: the first argument has no name, the others have one. Pure. */
export function commandLine({ command, args }: QemuStep): string {
  const [first, ...others] = Object.entries(args).map(([name, value], index) => {
    const word = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    return index === 0 ? word : `${name}=${word}`;
  });
  return `${command} ${[first, ...others].join(',')}`;
}
