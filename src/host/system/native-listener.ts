import { readUint16BE } from '#bytes';
import { partsOf } from '../../model/ip.ts';
import { done, errno } from './errno.ts';
import { readable, startTimer, watch, writable } from './native-loop.ts';
import type { ClientConnection, Listener, TcpAddress } from './connection.ts';

/** AF_INET and AF_INET6 of sys/socket.h. */
const families = { 4: 2, 6: 10 } as const;

/** SOCK_STREAM and SOCK_NONBLOCK of sys/socket.h. */
const stream = 1;
const nonblocking = 0o4000;

/** SOL_SOCKET and SO_REUSEADDR of asm-generic/socket.h: a new listener can start right after one that ended. */
const reuseAddress = { level: 1, option: 2, on: Uint8Array.of(1, 0, 0, 0) } as const;

/** IPPROTO_IPV6 and IPV6_V6ONLY of linux/in6.h, switched off whatever net.ipv6.bindv6only is. */
const bothFamilies = { level: 41, option: 26, off: new Uint8Array(4) } as const;

/** SHUT_WR of sys/socket.h. */
const writing = 1;

/** MSG_DONTWAIT and MSG_NOSIGNAL of linux/socket.h. */
const atOnce = 0x40;
const noSignal = 0x4000;

/** Connections that the kernel queues until they are accepted. */
const waiting = 64;

/** Milliseconds to pause accepting if no further file can be opened: an immediate retry would fail as well. */
const pause = 100;

/** See `listen` of system.ts. */
export function listen({ ip, port }: TcpAddress, onConnection: (connection: ClientConnection) => void): Listener {
  const socket = done(native.socket(families[ip.family], stream | nonblocking, 0), 'socket');
  try {
    const { level, option, on } = reuseAddress;
    done(native.setsockopt(socket, level, option, on), 'setsockopt');
    if (ip.family === 6) {
      done(native.setsockopt(socket, bothFamilies.level, bothFamilies.option, bothFamilies.off), 'setsockopt');
    }
    done(native.bind(socket, addressBytes({ ip, port })), 'bind');
    done(native.listen(socket, waiting), 'listen');
    const bound = new Uint8Array(28);
    done(native.getsockname(socket, bound), 'getsockname');
    const close = accepting(socket, onConnection);
    return { port: readUint16BE(bound, 2), close };
  } catch (error) {
    native.close(socket);
    throw error;
  }
}

// struct sockaddr_in, or sockaddr_in6 with flow and scope 0.
function addressBytes({ ip, port }: TcpAddress): Uint8Array {
  const bytes = new Uint8Array(ip.family === 4 ? 16 : 28);
  bytes[0] = families[ip.family];
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  const parts = partsOf(ip);
  if (ip.family === 4) bytes.set(parts, 4);
  else
    bytes.set(
      parts.flatMap((group) => [group >> 8, group & 0xff]),
      8,
    );
  return bytes;
}

function accepting(socket: number, onConnection: (connection: ClientConnection) => void): () => void {
  let stop = watch(socket, readable, accept);
  let isClosed = false;
  function accept(): void {
    const file = native.accept4(socket, nonblocking);
    if (file >= 0) {
      onConnection(new NativeClient(file));
      return;
    }
    // The listener ignores errors of the pending connection, such as a client that has gone (accept(2)).
    if (![errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM].some((one) => one === -file)) return;
    stop();
    startTimer(pause, () => {
      if (!isClosed) stop = watch(socket, readable, accept);
    });
  }
  return () => {
    if (isClosed) return;
    isClosed = true;
    stop();
    native.close(socket);
  };
}

const none = new Uint8Array();

class NativeClient implements ClientConnection {
  readonly #file: number;
  /** Each ends a pending wait. */
  readonly #waits = new Set<() => void>();
  #isClosed = false;

  constructor(file: number) {
    this.#file = file;
  }

  async read(limit: number): Promise<Uint8Array> {
    const into = new Uint8Array(limit);
    for (;;) {
      if (this.#isClosed) return none;
      const count = native.recv(this.#file, into, atOnce);
      if (count !== -errno.EAGAIN) return count > 0 ? into.subarray(0, count) : none;
      await this.#until(readable);
    }
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    for (let sent = 0; sent < bytes.length; ) {
      if (this.#isClosed) return false;
      const count = native.send(this.#file, bytes.subarray(sent), atOnce | noSignal);
      if (count >= 0) sent += count;
      else if (count === -errno.EAGAIN) await this.#until(writable);
      else return false;
    }
    return !this.#isClosed;
  }

  endWriting(): void {
    if (!this.#isClosed) native.shutdown(this.#file, writing);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#waits) end();
    native.close(this.#file);
  }

  #until(event: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        this.#waits.delete(end);
        resolve();
      };
      const stop = watch(this.#file, event, end);
      this.#waits.add(end);
    });
  }
}
