import { createServer, type Server, type Socket } from 'node:net';

/** A socket on which somebody answers each piece that comes as it is told, with its connections. */
export class FakeDoor implements AsyncDisposable {
  readonly path: string;
  /** What came. */
  readonly heard: string[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Listens, sends a greeting to whoever comes, and has `answer` write to the connection for each piece that comes. */
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

/** Sends a megabyte so many times, as fast as it is taken. */
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
