import { createServer, type Server, type Socket } from 'node:net';
import { frame, wire } from './wire.ts';

/** An agent's reaction to a call. */
export type Deed =
  /** It answers with this message. */
  | { readonly answer: object }
  /** It answers with a code of google.rpc.Code, and words. */
  | { readonly refuse: number; readonly words: string }
  /** It does not answer. */
  | 'nothing'
  /** It closes the connection. */
  | 'close'
  /** It sends these bytes instead of a frame. */
  | { readonly raw: (stream: number) => Uint8Array }
  /** It sends these bytes repeatedly. */
  | { readonly flood: Uint8Array; readonly times: number };

/** Its reactions, by method or by a function. A method that is left out is answered with an empty message. */
export type Manners = Readonly<Record<string, Deed>> | ((call: SeenCall) => Promise<Deed>);

/** A call as the agent received it. */
export interface SeenCall {
  /** The client's number for it. */
  readonly stream: number;
  readonly method: string;
  readonly asked: object;
  /** Nanoseconds. */
  readonly timeout: number;
}

/** A programmable agent behind the socket of a VMM. */
export class FakeAgent implements AsyncDisposable {
  readonly url: string;
  readonly calls: SeenCall[] = [];
  /** Connections that are open. */
  readonly open = new Set<Socket>();
  manners: Manners;
  /** The VMM's answer to `CONNECT`; no answer if it is undefined. */
  hello: Uint8Array | undefined;
  readonly #server: Server;

  private constructor(server: Server, path: string, manners: Manners, hello: Uint8Array | undefined) {
    this.url = `hvsock://${path}:1024`;
    this.#server = server;
    this.manners = manners;
    this.hello = hello;
  }

  static async listen(
    path: string,
    manners: Manners = {},
    hello: Uint8Array | undefined = Buffer.from('OK 1073741824\n'),
  ): Promise<FakeAgent> {
    const server = createServer();
    const agent = new FakeAgent(server, path, manners, hello);
    server.on('connection', (socket) => {
      agent.#serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.open.add(socket);
    socket.on('close', () => this.open.delete(socket));
    // The caller may be gone before it gets an answer.
    socket.on('error', () => undefined);
    let heard = Buffer.alloc(0);
    let isLed = false;
    socket.on('data', (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes]);
      if (!isLed) {
        const end = heard.indexOf('\n');
        if (end < 0) return;
        if (heard.subarray(0, end).toString() !== 'CONNECT 1024') {
          socket.destroy();
          return;
        }
        isLed = true;
        heard = heard.subarray(end + 1);
        if (this.hello !== undefined) socket.write(this.hello);
      }
      while (heard.length >= 10 && heard.length >= 10 + heard.readUInt32BE(0)) {
        const length = heard.readUInt32BE(0);
        void this.#take(socket, heard.readUInt32BE(4), heard.subarray(10, 10 + length));
        heard = heard.subarray(10 + length);
      }
    });
  }

  async #take(socket: Socket, stream: number, data: Uint8Array): Promise<void> {
    const { method, payload, timeout_nano: timeout } = wire.readCall(data);
    const call = { stream, method, asked: wire.readRequest(method, payload), timeout };
    this.calls.push(call);
    const { manners } = this;
    const deed = typeof manners === 'function' ? await manners(call) : (manners[method] ?? { answer: {} });
    if (deed === 'nothing') return;
    if (deed === 'close') socket.destroy();
    else if ('raw' in deed) socket.write(deed.raw(stream));
    else if ('flood' in deed) for (let time = 0; time < deed.times; time++) socket.write(deed.flood);
    else if ('answer' in deed) {
      const answer = wire.writeAnswer(method, deed.answer);
      socket.write(frame(stream, 2, wire.writeResponse({ payload: answer })));
    } else {
      socket.write(frame(stream, 2, wire.writeResponse({ status: { code: deed.refuse, message: deed.words } })));
    }
  }
}
