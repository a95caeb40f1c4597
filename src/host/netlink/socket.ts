import { readInt32, utf8, words } from '#bytes';
import { system } from '#system';
import { errno } from '../system/errno.ts';
import { getLink, longestName, toIndex } from './links.ts';
import {
  eachMessage,
  encode,
  type Ending,
  endingOf,
  isForOne,
  isSuccess,
  type Message,
  type Request,
} from './message.ts';
import { flags } from './numbers.ts';
import { accepted, Refusal } from './refusal.ts';

/** AF_NETLINK, SOCK_RAW and NETLINK_ROUTE of sys/socket.h and linux/netlink.h. */
const netlink = { family: 16, kind: 3, protocol: 0 } as const;

/** SIOCGIFINDEX of linux/sockios.h, the length of struct ifreq, and the offset of its index (linux/if.h). */
const interfaceRequest = { index: 0x8933, length: 40, at: 16 } as const;

/** SOL_SOCKET with SO_RCVTIMEO. */
const receiveTimeout = { level: 1, option: 20 } as const;

/**
 * SOL_NETLINK with NETLINK_EXT_ACK and NETLINK_GET_STRICT_CHK: the kernel describes errors in words, and applies the
 * filters of a dump request. Older kernels lack some of these options.
 */
const options = { level: 270, all: [11, 12] } as const;

/** MSG_TRUNC of sys/socket.h: the call returns the length of the whole message, even if the buffer is smaller. */
const wholeLength = 0x20;

/** How often a dump that changed meanwhile is read again. On a busy node, two in a row are rarely interrupted. */
const rereads = 20;

// The kernel writes at most 32 KiB at once. All calls are synchronous, so one buffer is enough.
const room = new Uint8Array(64 * 1024);

const success: Ending = { errno: 0, said: undefined };

/**
 * A netlink socket of the namespace in which it was opened, even if the thread moves to another. The kernel carries out
 * a request while it is sent, so nothing is in progress between two calls.
 */
export class Netlink {
  readonly #socket: number;
  #sequence = 0;

  /** Opens a socket in the thread's namespace. An answer that takes over `timeoutSeconds` counts as a refusal. */
  constructor(timeoutSeconds: number, protocol: number = netlink.protocol) {
    this.#socket = accepted(native.socket(netlink.family, netlink.kind, protocol));
    for (const option of options.all) native.setsockopt(this.#socket, options.level, option, words(1));
    // struct timeval: seconds, then microseconds, 64 bits each
    const timeout = words(Math.ceil(timeoutSeconds), 0, 0, 0);
    native.setsockopt(this.#socket, receiveTimeout.level, receiveTimeout.option, timeout);
  }

  /**
   * Sends a request that needs an answer, and returns the messages before the answer's end; none if the kernel refuses
   * it with one of the `expected` error numbers. Throws {@link Refusal} for any other.
   */
  ask(request: Request, ...expected: readonly number[]): readonly Message[] {
    return this.#exchange(request, expected).messages;
  }

  /**
   * Sends a request for a dump. If links change during the dump, the kernel marks it as possibly inconsistent
   * (NLM_F_DUMP_INTR of linux/netlink.h), and it is read again. Throws {@link Refusal}.
   */
  askForAll(request: Request): readonly Message[] {
    for (let left = rereads; left > 0; left -= 1) {
      const { messages, interrupted } = this.#exchange(request, []);
      if (!interrupted) return messages;
    }
    throw new Refusal(errno.EAGAIN, `what was read changed ${rereads} times meanwhile`);
  }

  /**
   * The index of the link with a name or altname in the socket's namespace; undefined if there is none. For a name, the
   * ioctl is the cheapest way: it reads nothing else and takes no kernel lock (netdevice(7), SIOCGIFINDEX).
   */
  indexOf(name: string): number | undefined {
    const encoded = utf8(name);
    if (encoded.length > longestName) return this.ask(getLink(name), errno.ENODEV).map(toIndex)[0];
    const request = new Uint8Array(interfaceRequest.length);
    request.set(encoded);
    const answer = native.ioctl(this.#socket, interfaceRequest.index, request);
    if (answer === -errno.ENODEV) return undefined;
    accepted(answer);
    return readInt32(request, interfaceRequest.at);
  }

  #exchange(
    request: Request,
    expected: readonly number[],
  ): { readonly messages: readonly Message[]; readonly interrupted: boolean } {
    this.#sequence += 1;
    accepted(native.send(this.#socket, encode(request, this.#sequence), 0));
    const messages: Message[] = [];
    let interrupted = false;
    let ending: Ending | undefined;
    const take = (head: Omit<Message, 'body'>, from: number, to: number): void => {
      // Skips messages of an earlier exchange that failed.
      if (head.sequence !== this.#sequence || ending !== undefined) return;
      interrupted ||= (head.flags & flags.wasInterrupted) !== 0;
      if (isSuccess(head, room, from)) {
        ending = success;
        return;
      }
      // The buffer is reused for the next answer, so messages need a copy.
      const message = { ...head, body: room.slice(from, to) };
      ending = endingOf(message);
      if (ending !== undefined) return;
      messages.push(message);
      if (isForOne(request)) ending = success;
    };
    while (ending === undefined) eachMessage(room, this.#receive(), take);
    if (ending.errno === 0) return { messages, interrupted };
    if (expected.includes(ending.errno)) return { messages: [], interrupted };
    throw new Refusal(ending.errno, ending.said);
  }

  #receive(): number {
    const length = accepted(native.recv(this.#socket, room, wholeLength));
    if (length > room.length) throw new Error(`the kernel sent ${length} bytes at once`);
    return length;
  }

  close(): void {
    system.close(this.#socket);
  }
}
