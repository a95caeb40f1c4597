import { concat } from '#bytes';
import { system } from '#system';
import type { Connection, SocketAddress } from './system/connection.ts';
import type { Timer } from './system/system.ts';

/** Why a stream delivers nothing more. */
export type StreamFault =
  /** The deadline has passed. */
  | { readonly is: 'late' }
  /** The other end closed it, or the system reported an error. */
  | { readonly is: 'ended'; readonly error: Error | undefined }
  /** More unread bytes arrived than allowed. */
  | { readonly is: 'too-much' }
  /** It was closed on this side. */
  | { readonly is: 'closed' };

/** The limits of a stream. */
export interface StreamLimits {
  /** When it ends at the latest, in milliseconds of `system.now()`. */
  readonly deadline: number;
  /** The most bytes that may wait to be read. */
  readonly most: number;
}

/**
 * A connection to a stream socket, from which the reader takes as much as it asks for. Every wait ends at the deadline.
 * Only one reader at a time.
 */
export class Stream {
  readonly #connection: Connection;
  readonly #timer: Timer;
  readonly #faultError: (fault: StreamFault) => Error;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #isOpen = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** Connects. Reads throw the error that `faultError` makes of a fault. */
  constructor(to: SocketAddress, { deadline, most }: StreamLimits, faultError: (fault: StreamFault) => Error) {
    this.#faultError = faultError;
    this.#connection = system.connect(to, {
      onOpen: () => {
        this.#isOpen = true;
        this.#wake?.();
      },
      onData: (bytes) => {
        this.#chunks.push(bytes);
        this.#length += bytes.length;
        if (this.#length > most) this.#fail({ is: 'too-much' });
        else this.#wake?.();
      },
      onEnd: (error) => {
        this.#fail({ is: 'ended', error });
      },
    });
    this.#timer = system.startTimer(Math.max(0, deadline - system.now()), () => {
      this.#fail({ is: 'late' });
    });
  }

  /** Waits until the connection is established. */
  async opened(): Promise<void> {
    while (!this.#isOpen) await this.#more();
  }

  /** Sends bytes, or keeps them until the connection is established. Copies of files go along, as in `Connection`. */
  write(bytes: Uint8Array, files?: readonly number[]): void {
    this.#connection.write(bytes, files);
  }

  /** Waits for at least one byte, and takes all that have arrived. */
  async takeSome(): Promise<Uint8Array> {
    while (this.#length === 0) await this.#more();
    const all = this.#joined();
    this.#keep(new Uint8Array());
    return all;
  }

  /** Waits for this many bytes, and takes them. */
  async take(length: number): Promise<Uint8Array> {
    while (this.#length < length) await this.#more();
    const all = this.#joined();
    this.#keep(all.subarray(length));
    return all.subarray(0, length);
  }

  /** Waits for a byte value, and takes everything through it. undefined if it is not among the first `most` bytes. */
  async takeThrough(byte: number, most: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const all = this.#joined();
      const at = all.subarray(0, most).indexOf(byte);
      if (at >= 0) {
        this.#keep(all.subarray(at + 1));
        return all.subarray(0, at + 1);
      }
      if (all.length >= most) return undefined;
      await this.#more();
    }
  }

  /** Closes it. A waiting reader gets an error. */
  close(): void {
    this.#fail({ is: 'closed' });
  }

  // Waits for the next event. After the end, bytes that arrived earlier can still be read; only further reads fail.
  async #more(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #fail(fault: StreamFault): void {
    if (this.#failure !== undefined) return;
    this.#failure = this.#faultError(fault);
    this.#timer.cancel();
    this.#connection.close();
    if (fault.is !== 'ended') this.#keep(new Uint8Array());
    this.#wake?.();
  }

  #joined(): Uint8Array {
    const [first = new Uint8Array()] = this.#chunks;
    if (this.#chunks.length <= 1) return first;
    const all = concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #keep(rest: Uint8Array): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }
}
