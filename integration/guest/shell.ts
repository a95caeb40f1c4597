import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connectLines } from './socket.ts';

/** How a script in the guest ended, with its standard output and error output interleaved. */
export interface GuestResult {
  readonly exitCode: number;
  readonly output: string;
}

/** A script for the guest must fit into the buffers of its serial port. */
const longestScript = 32_768;

interface Waiting {
  readonly resolve: (result: GuestResult) => void;
  readonly reject: (error: Error) => void;
}

/** A root shell in a guest, over its second serial port. It serves one client at a time; others wait. */
export class GuestShell implements Disposable {
  readonly #socket: Socket;
  readonly #waiting: Map<string, Waiting>;
  // Distinguishes our answers from those to a client that has gone.
  readonly #client = randomBytes(4).toString('hex');
  #lastId = 0;

  private constructor(socket: Socket, waiting: Map<string, Waiting>) {
    this.#socket = socket;
    this.#waiting = waiting;
    socket.on('close', () => {
      for (const { reject } of waiting.values()) reject(new Error('the guest ended before it answered'));
      waiting.clear();
    });
  }

  /** Connects to the socket of a guest that has booted. */
  static async connect(path: string): Promise<GuestShell> {
    const waiting = new Map<string, Waiting>();
    const socket = await connectLines(path, (line) => {
      const [id = '', exitCode = '', output = ''] = line.split(' ');
      waiting.get(id)?.resolve({ exitCode: Number(exitCode), output: Buffer.from(output, 'base64').toString() });
      waiting.delete(id);
    });
    return new GuestShell(socket, waiting);
  }

  /**
   * Runs a script; throws if it takes too long. Other scripts may be running. It runs in a subshell of the guest's first
   * process, so `$$` is not its own process id.
   */
  sh(script: string, timeoutSeconds = 90): Promise<GuestResult> {
    const id = `${this.#client}-${++this.#lastId}`;
    const request = `${id} ${Buffer.from(script).toString('base64')}\n`;
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void => {
        this.#waiting.delete(id);
        reject(new Error(`${reason}: ${script.trim()}`));
      };
      if (request.length > longestScript) {
        refuse(`a script of ${script.length} bytes is too long for the guest's serial port`);
        return;
      }
      if (this.#socket.destroyed) {
        refuse('the guest has ended, or its shell was closed: it cannot run');
        return;
      }
      const timer = setTimeout(() => {
        refuse(`the guest did not answer within ${timeoutSeconds} s`);
      }, timeoutSeconds * 1000);
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(new Error(`${error.message}: ${script.trim()}`));
        },
      });
      this.#socket.write(request);
    });
  }

  /** Runs a script that must succeed, and returns its trimmed output. */
  async text(script: string, timeoutSeconds?: number): Promise<string> {
    const { exitCode, output } = await this.sh(script, timeoutSeconds);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode} in the guest from: ${script.trim()}\n${output}`);
    return output.trim();
  }

  /** Closes the connection, so that the next client is served. */
  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** The socket of the shell of a guest whose sockets are in this directory. */
export function shellSocket(directory: string): string {
  return `${directory}/shell.sock`;
}

/** A shell in a guest that another process booted, by the path of its socket ({@link shellSocket}). */
export function connectGuest(path: string): Promise<GuestShell> {
  return GuestShell.connect(path);
}
