import { latin1, utf8 } from '#bytes';
import { system } from '#system';
import { Stream } from '../host/stream.ts';
import type { SocketAddress } from '../host/system/connection.ts';
import { messageOf } from '../json/thrown.ts';
import { connectionError, garbled, statusError } from './faults.ts';
import { decodeHeader, encodeFrame, frameTypes, headerLength, longestData } from './frame.ts';
import { decodeMessage, type Draft, encodeMessage, type Fields, type Message } from './message.ts';
import { agentService, type Method, request, requests, response } from './messages.ts';

/** The longest answer of a VMM, in bytes: `OK` and a port. */
const longestAnswer = 64;

/** A ttrpc client for the agent's service, over one connection. One call at a time. */
export class TtrpcClient {
  readonly #url: string;
  readonly #deadline: number;
  readonly #stream: Stream;
  #doing = 'the connection';
  #nextStream = 1;

  /** `url` is for messages. `deadline` is in milliseconds of `system.now()`. */
  constructor(url: string, to: SocketAddress, deadline: number) {
    this.#url = url;
    this.#deadline = deadline;
    this.#stream = new Stream(to, { deadline, most: headerLength + longestData }, (fault) =>
      connectionError(url, this.#doing, fault),
    );
  }

  /** Waits until the connection is established. */
  opened(): Promise<void> {
    return this.#stream.opened();
  }

  /**
   * Has a VMM forward the connection to a port of its guest: `CONNECT 1024`, which it answers with `OK` and a number
   * (hybrid vsock of Firecracker, Cloud Hypervisor and Dragonball).
   */
  async connectThrough(port: number): Promise<void> {
    this.#stream.write(utf8(`CONNECT ${port}\n`));
    const answer = await this.#stream.takeThrough(0x0a, longestAnswer);
    if (answer === undefined || !/^OK \d+\n$/.test(latin1(answer))) {
      throw this.#garbled('it does not answer "CONNECT" with "OK" and a number');
    }
  }

  /** Calls a method whose answer is empty. */
  async call<M extends Method>(method: M, asked: Draft<(typeof requests)[M]>): Promise<void> {
    await this.#ask(method, asked);
  }

  /** Calls a method, and reads its answer. */
  async get<M extends Method, F extends Fields>(
    method: M,
    asked: Draft<(typeof requests)[M]>,
    answer: F,
  ): Promise<Message<F>> {
    return this.#decoded(answer, await this.#ask(method, asked));
  }

  close(): void {
    this.#stream.close();
  }

  async #ask<M extends Method>(method: M, asked: Draft<(typeof requests)[M]>): Promise<Uint8Array> {
    this.#doing = method;
    const stream = this.#nextStream;
    this.#nextStream += 2;
    const left = Math.max(1, Math.round(this.#deadline - system.now()));
    const data = encodeMessage(request, {
      service: agentService,
      method,
      payload: encodeMessage<Fields>(requests[method], asked),
      timeout_nano: left * 1_000_000,
    });
    if (data.length > longestData) {
      throw statusError(this.#url, method, 3, `the request has ${data.length} bytes, and may have ${longestData}`);
    }
    this.#stream.write(encodeFrame(stream, frameTypes.request, data));
    const { status, payload } = this.#decoded(response, await this.#answerTo(stream));
    if (status !== undefined && status.code !== 0) throw statusError(this.#url, method, status.code, status.message);
    return payload;
  }

  async #answerTo(stream: number): Promise<Uint8Array> {
    const header = decodeHeader(await this.#stream.take(headerLength));
    if (header.length > longestData) throw this.#garbled(`an answer of ${header.length} bytes`);
    if (header.type !== frameTypes.response) throw this.#garbled(`a frame of type ${header.type}`);
    if (header.stream !== stream) throw this.#garbled(`an answer to call ${header.stream} instead of ${stream}`);
    return this.#stream.take(header.length);
  }

  #decoded<F extends Fields>(fields: F, bytes: Uint8Array): Message<F> {
    try {
      return decodeMessage(fields, bytes);
    } catch (error) {
      throw this.#garbled(messageOf(error));
    }
  }

  // Closes the connection, since the other end speaks another protocol.
  #garbled(what: string): Error {
    this.#stream.close();
    return garbled(this.#url, this.#doing, what);
  }
}
