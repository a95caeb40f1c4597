import { connect, type Socket } from 'node:net';
import { frame, wire } from './wire.ts';

/** A client of an agent without dan's code: it sends its input and returns the answer. One call at a time. */
export class RawClient {
  readonly #socket: Socket;
  #heard = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #stream = -1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, bytes]);
      this.#wake?.();
    });
  }

  static async connect(path: string): Promise<RawClient> {
    const socket = connect(path);
    const client = new RawClient(socket);
    socket.write('CONNECT 1024\n');
    while (!client.#heard.includes('\n')) await client.#more();
    client.#heard = client.#heard.subarray(client.#heard.indexOf('\n') + 1);
    return client;
  }

  /** Calls a method; throws an error answer as `ERROR CODE: WORDS`. */
  async call(method: string, asked: object): Promise<object> {
    this.#stream += 2;
    const payload = wire.writeRequest(method, asked);
    const call = { service: 'grpc.AgentService', method, payload, timeout_nano: 20_000_000_000 };
    this.#socket.write(frame(this.#stream, 1, wire.writeCall(call)));
    while (this.#heard.length < 10 || this.#heard.length < 10 + this.#heard.readUInt32BE(0)) await this.#more();
    const end = 10 + this.#heard.readUInt32BE(0);
    const { status, payload: answer } = wire.readResponse(this.#heard.subarray(10, end));
    this.#heard = this.#heard.subarray(end);
    if (status != null && status.code !== 0) throw new Error(`ERROR ${status.code}: ${status.message}`);
    return wire.readAnswer(method, answer);
  }

  close(): void {
    this.#socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
