import { closeSync } from 'node:fs';
import type { Libc } from '../libc.ts';
import { type Ending, endingOf } from './answer.ts';
import { decode, encode, type Message, type Request, wasInterrupted } from './message.ts';
import { errors, Refusal } from './refusal.ts';

/** AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC and NETLINK_ROUTE of sys/socket.h and linux/netlink.h. */
const netlink = { family: 16, kind: 3 | 0o2000000, protocol: 0 } as const;

/** SOL_SOCKET with SO_RCVTIMEO. */
const receiveTimeout = { level: 1, option: 20 } as const;

/**
 * SOL_NETLINK with NETLINK_CAP_ACK, NETLINK_EXT_ACK and NETLINK_GET_STRICT_CHK: no request comes back, the kernel says in
 * words what is wrong, and it looks at what of a table was asked for. Older kernels know not all of them.
 */
const options = [10, 11, 12].map((option) => ({ level: 270, option }) as const);

/** MSG_TRUNC of sys/socket.h: the length is told of what was received, not of what there was room for. */
const wholeLength = 0x20;

/** How often an answer is read again that changed meanwhile; on a busy node, two in a row are rare. */
const rereads = 20;

// The kernel writes at most 32 KiB at once. All calls are synchronous, so one is enough.
const room = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A netlink socket of the namespace that it was opened in, wherever the thread is later. The kernel carries a request out
 * while it is sent, so that nothing is ever under way between two calls.
 */
export class Netlink implements Disposable {
  readonly #libc: Libc;
  readonly #socket: number;
  #sequence = 0;

  /** Opens a socket in the thread's namespace; an answer that does not come in so many seconds is a refusal. */
  constructor(libc: Libc, timeoutSeconds: number) {
    this.#libc = libc;
    this.#socket = libc.socket(netlink.family, netlink.kind, netlink.protocol);
    if (this.#socket < 0) throw new Refusal(libc, libc.errno());
    const enabled = Buffer.alloc(4);
    enabled.writeInt32LE(1, 0);
    for (const { level, option } of options) libc.setsockopt(this.#socket, level, option, enabled, enabled.length);
    // struct timeval: seconds, then microseconds
    const timeout = Buffer.alloc(16);
    timeout.writeUInt32LE(Math.ceil(timeoutSeconds), 0);
    libc.setsockopt(this.#socket, receiveTimeout.level, receiveTimeout.option, timeout, timeout.length);
  }

  /**
   * Sends a request that wants an answer, and returns what came before the answer's end: nothing where the kernel refuses it
   * with one of the `expected` error numbers. Throws {@link Refusal} for any other.
   */
  ask(request: Request, ...expected: readonly number[]): readonly Message[] {
    return this.#exchange(request, expected).messages;
  }

  /**
   * Sends a request for all of a table. Where links came or went meanwhile, the kernel marks the answer as possibly
   * inconsistent (NLM_F_DUMP_INTR of linux/netlink.h); then it is read again. Throws {@link Refusal}.
   */
  askForAll(request: Request): readonly Message[] {
    for (let left = rereads; left > 0; left -= 1) {
      const { messages, interrupted } = this.#exchange(request, []);
      if (!interrupted) return messages;
    }
    throw new Refusal(this.#libc, errors.tryAgain, `what was read changed ${rereads} times meanwhile`);
  }

  #exchange(
    request: Request,
    expected: readonly number[],
  ): { readonly messages: readonly Message[]; readonly interrupted: boolean } {
    this.#sequence += 1;
    const sent = encode(request, this.#sequence);
    if (this.#libc.send(this.#socket, sent, sent.length, 0) < 0) throw new Refusal(this.#libc, this.#libc.errno());
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of decode(this.#receive())) {
        // What is left of an exchange that failed.
        if (message.sequence !== this.#sequence) continue;
        interrupted ||= (message.flags & wasInterrupted) !== 0;
        const ending = endingOf(message);
        if (ending === undefined) messages.push(message);
        else return { messages: this.#accept(ending, expected, messages), interrupted };
      }
    }
  }

  #accept({ errno, said }: Ending, expected: readonly number[], messages: readonly Message[]): readonly Message[] {
    if (errno === 0) return messages;
    if (expected.includes(errno)) return [];
    throw new Refusal(this.#libc, errno, said);
  }

  #receive(): Buffer {
    for (;;) {
      const length = this.#libc.recv(this.#socket, room, room.length, wholeLength);
      if (length > room.length) throw new Error(`the kernel sent ${length} bytes at once`);
      if (length >= 0) return Buffer.from(room.subarray(0, length));
      const errno = this.#libc.errno();
      if (errno !== errors.signalCame) throw new Refusal(this.#libc, errno);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#socket);
  }
}
