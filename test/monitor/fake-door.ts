import { createServer, type Server, type Socket } from 'node:net';

/** A socket with a server that answers each received piece as programmed, and its connections. */
export class FakeDoor implements AsyncDisposable {
  readonly path: string;
  /** What was received. */
  readonly heard: string[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
  }

  /** The number of open connections. */
  get open(): number {
    return this.#open.size;
  }

  /** Listens, sends a greeting to each client, and has `answer` write to the connection for each received piece. */
  static async listen(
    path: string,
    greeting: string,
    answer: (said: string, socket: Socket) => void = () => undefined,
  ): Promise<FakeDoor> {
    const server = createServer();
    const door = new FakeDoor(path, server);
    server.on('connection', (socket) => {
      door.#open.add(socket);
      socket.on('close', () => door.#open.delete(socket));
      socket.on('error', () => undefined);
      socket.write(greeting);
      socket.on('data', (bytes) => {
        door.heard.push(bytes.toString());
        answer(bytes.toString(), socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return door;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Sends a number of megabytes as fast as they are accepted. */
export function flood(socket: Socket, megabytes: number, byte = 'x'): void {
  const piece = byte.repeat(1024 * 1024);
  let left = megabytes;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      if (!socket.write(piece)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}
