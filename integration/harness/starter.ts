import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('starter.py', import.meta.url));

/** What a command printed, untrimmed, and its exit code: -1 if a signal ended it. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command gets. */
export interface Given {
  /** Its standard input, empty by default. */
  readonly input?: string | Uint8Array | undefined;
  /** Its environment, by default that of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The directory in which it starts, by default `/`. */
  readonly cwd?: string | undefined;
}

/**
 * Runs a command to its end, in the mount, network and process namespaces of the process `host`. A small process starts
 * it (starter.py): a process of Node has to be copied for each program that it starts, which takes ten times as long. A
 * command that cannot be started ends with 127.
 */
export function runCommand(argv: readonly [string, ...string[]], host: number, given: Given = {}): Promise<Finished> {
  return starter().run(argv, host, given);
}

/** Numbers before the outputs of a command: of the request, its exit code, the lengths of both outputs. */
const answerHead = 16;

class Starter {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Finished>>();
  #received: Buffer[] = [];
  #missing = answerHead;
  #last = 0;

  constructor() {
    this.#process = spawn('python3', ['-I', '-S', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#hear(chunk);
    });
    this.#process.on('close', (code) => {
      const error = new Error(`the program that starts commands for tests has ended with ${code ?? 'a signal'}`);
      for (const answer of this.#waiting.values()) answer.reject(error);
    });
    this.#process.unref();
    this.#keepAlive(false);
  }

  run(argv: readonly string[], host: number, { input, env, cwd = '/' }: Given): Promise<Finished> {
    const number = ++this.#last;
    const asked = Buffer.from(JSON.stringify({ argv, env: env ?? null, cwd, host, hasInput: input !== undefined }));
    const text = Buffer.from(input ?? '');
    const head = Buffer.alloc(12);
    head.writeUInt32LE(number, 0);
    head.writeUInt32LE(asked.length, 4);
    head.writeUInt32LE(text.length, 8);
    const answer = Promise.withResolvers<Finished>();
    this.#waiting.set(number, answer);
    this.#keepAlive(true);
    this.#process.stdin.write(Buffer.concat([head, asked, text]));
    return answer.promise;
  }

  #hear(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#missing -= chunk.length;
    // An answer of many megabytes comes in pieces of some kilobytes: they are put together once.
    if (this.#missing > 0) return;
    let received = Buffer.concat(this.#received);
    while (received.length >= lengthOf(received)) {
      const end = lengthOf(received);
      const stdout = answerHead + received.readUInt32LE(8);
      const number = received.readUInt32LE(0);
      this.#waiting.get(number)?.resolve({
        exitCode: received.readInt32LE(4),
        stdout: received.toString('utf8', answerHead, stdout),
        stderr: received.toString('utf8', stdout, end),
      });
      this.#waiting.delete(number);
      received = received.subarray(end);
    }
    this.#received = [received];
    this.#missing = lengthOf(received) - received.length;
    if (this.#waiting.size === 0) this.#keepAlive(false);
  }

  /** Whether this process waits for commands before it ends. */
  #keepAlive(waits: boolean): void {
    for (const pipe of [this.#process.stdin, this.#process.stdout] as unknown as readonly Socket[]) {
      if (waits) pipe.ref();
      else pipe.unref();
    }
  }
}

/** The length of the first answer in what was received, as far as it is known: at first, that of its head. */
function lengthOf(received: Buffer): number {
  if (received.length < answerHead) return answerHead;
  return answerHead + received.readUInt32LE(8) + received.readUInt32LE(12);
}

const key = Symbol.for('dan: the program that starts commands for tests');

// Test files of one process have each their own modules, and this program in common.
function starter(): Starter {
  const shared = globalThis as { [key]?: Starter };
  shared[key] ??= new Starter();
  return shared[key];
}
