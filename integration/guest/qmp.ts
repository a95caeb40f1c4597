import type { Socket } from 'node:net';
import { connectLines } from './socket.ts';

/** A message from QEMU: a return value, an error, or an unsolicited event. */
interface Message {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly command: string;
}

/** A connection to QEMU's control socket. */
export class Qmp implements Disposable {
  readonly #socket: Socket;
  readonly #waiting: Map<number, Waiting>;
  #lastId = 0;

  private constructor(socket: Socket, waiting: Map<number, Waiting>) {
    this.#socket = socket;
    this.#waiting = waiting;
    socket.on('close', () => {
      for (const { reject, command } of waiting.values()) reject(new Error(`QEMU ended before it answered ${command}`));
      waiting.clear();
    });
  }

  /** Connects, and negotiates so that QEMU accepts commands. */
  static async connect(path: string): Promise<Qmp> {
    const waiting = new Map<number, Waiting>();
    const socket = await connectLines(path, (line) => {
      const { id, error, return: value } = JSON.parse(line) as Message;
      const one = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || one === undefined) return;
      waiting.delete(id);
      if (error) one.reject(new Error(`QEMU refused ${one.command}: ${error.desc}`));
      else one.resolve(value);
    });
    const qmp = new Qmp(socket, waiting);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** Runs one command; throws with QEMU's error message if it is refused. */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error(`QEMU has ended: it cannot run ${command}`));
        return;
      }
      this.#waiting.set(id, { resolve, reject, command });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  /** Closes the connection, so that another one is accepted. */
  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
