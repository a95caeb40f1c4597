import { words } from '#bytes';
import { system } from '#system';
import { errno } from '../system/errno.ts';
import { decode, encode, endingOf, type Message, type Request } from './message.ts';
import { flags } from './numbers.ts';
import { accepted, Refusal } from './refusal.ts';

/** AF_NETLINK, SOCK_RAW and NETLINK_ROUTE of sys/socket.h and linux/netlink.h. */
const netlink = { family: 16, kind: 3, protocol: 0 } as const;

/** SOL_SOCKET with SO_RCVTIMEO. */
const receiveTimeout = { level: 1, option: 20 } as const;

/**
 * SOL_NETLINK with NETLINK_CAP_ACK, NETLINK_EXT_ACK and NETLINK_GET_STRICT_CHK: no request comes back, the kernel says in
 * words what is wrong, and it looks at what of a table was asked for. Older kernels know not all of them.
 */
const options = { level: 270, all: [10, 11, 12] } as const;

/** MSG_TRUNC of sys/socket.h: the length is told of what was received, not of what there was room for. */
const wholeLength = 0x20;

/** How often an answer is read again that changed meanwhile; on a busy node, two in a row are rare. */
const rereads = 20;

// The kernel writes at most 32 KiB at once. All calls are synchronous, so one is enough.
const room = new Uint8Array(64 * 1024);

/**
 * A netlink socket of the namespace that it was opened in, wherever the thread is later. The kernel carries a request out
 * while it is sent, so that nothing is ever under way between two calls.
 */
export class Netlink {
  readonly #socket: number;
  #sequence = 0;

  /** Opens a socket in the thread's namespace; an answer that does not come in so many seconds is a refusal. */
  constructor(timeoutSeconds: number) {
    this.#socket = accepted(native.socket(netlink.family, netlink.kind, netlink.protocol));
    for (const option of options.all) native.setsockopt(this.#socket, options.level, option, words(1));
    // struct timeval: seconds, then microseconds, of 64 bits each
    const timeout = words(Math.ceil(timeoutSeconds), 0, 0, 0);
    native.setsockopt(this.#socket, receiveTimeout.level, receiveTimeout.option, timeout);
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
    throw new Refusal(errno.EAGAIN, `what was read changed ${rereads} times meanwhile`);
  }

  #exchange(
    request: Request,
    expected: readonly number[],
  ): { readonly messages: readonly Message[]; readonly interrupted: boolean } {
    this.#sequence += 1;
    accepted(native.send(this.#socket, encode(request, this.#sequence), 0));
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of decode(this.#receive())) {
        // What is left of an exchange that failed.
        if (message.sequence !== this.#sequence) continue;
        interrupted ||= (message.flags & flags.wasInterrupted) !== 0;
        const ending = endingOf(message);
        if (ending === undefined) {
          messages.push(message);
          continue;
        }
        if (ending.errno === 0) return { messages, interrupted };
        if (expected.includes(ending.errno)) return { messages: [], interrupted };
        throw new Refusal(ending.errno, ending.said);
      }
    }
  }

  #receive(): Uint8Array {
    const length = accepted(native.recv(this.#socket, room, wholeLength));
    if (length > room.length) throw new Error(`the kernel sent ${length} bytes at once`);
    // What messages keep of it must outlast the next answer.
    return room.slice(0, length);
  }

  close(): void {
    system.close(this.#socket);
  }
}
