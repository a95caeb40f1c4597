import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ClientConnection, Listener, TcpAddress } from './connection.ts';

/** See `listen` of system.ts. */
export async function listen(
  { ip, port }: TcpAddress,
  onConnection: (connection: ClientConnection) => void,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    onConnection(new NodeClient(socket));
  });
  server.listen({ host: ip.text, port });
  // Fails with the system's error.
  await once(server, 'listening');
  // A client that could not be accepted concerns nobody else.
  server.on('error', () => undefined);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () => {
      server.close();
    },
  };
}

const none = new Uint8Array();

class NodeClient implements ClientConnection {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
  }

  async read(limit: number): Promise<Uint8Array> {
    const socket = this.#socket;
    for (;;) {
      // The rest of a chunk is returned later.
      const length = Math.min(limit, socket.readableLength);
      const bytes: unknown = length === 0 ? null : socket.read(length);
      if (bytes instanceof Uint8Array) return bytes;
      if (socket.destroyed || socket.readableEnded || socket.errored) return none;
      await new Promise<void>((resolve) => {
        const events = ['readable', 'end', 'close'] as const;
        const end = (): void => {
          for (const event of events) socket.off(event, end);
          resolve();
        };
        for (const event of events) socket.on(event, end);
        // If no bytes remain, Node reports the end only to a reader.
        socket.read(0);
      });
    }
  }

  write(bytes: Uint8Array): Promise<boolean> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (socket.destroyed) {
        resolve(false);
        return;
      }
      const closed = (): void => {
        resolve(false);
      };
      socket.once('close', closed);
      socket.write(bytes, (error) => {
        socket.off('close', closed);
        resolve(error === undefined || error === null);
      });
    });
  }

  endWriting(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }
}
