import { readInt32, utf8, words } from '#bytes';
import { done, errno, systemError } from './errno.ts';
import { readable, startTimer, watch, writable } from './native-loop.ts';
import type { Connection, ConnectionEvents, SocketAddress } from './connection.ts';

/** AF_UNIX and AF_VSOCK of sys/socket.h. */
const families = { local: 1, vsock: 40 } as const;

/** SOCK_STREAM | SOCK_NONBLOCK of sys/socket.h: a full queue is reported instead of waited for. */
const stream = 1 | 0o4000;

/** The length of the path in struct sockaddr_un, with the NUL at its end. */
const longestSocketPath = 108;

/** SOL_SOCKET and SO_ERROR of sys/socket.h. */
const pendingError = { level: 1, option: 4 } as const;

/** The most bytes that are read at once. */
const chunk = 64 * 1024;

/** Connects to a socket of the file system, and returns the open file. Throws the system's error. */
export function connectedTo(path: string): number {
  const address = localAddress(path);
  const socket = done(native.socket(families.local, stream, 0), 'socket');
  const answer = native.connect(socket, address);
  if (answer < 0) native.close(socket);
  done(answer, 'connect', path);
  return socket;
}

/** Connects to a stream socket, as `System.connect` documents. */
export function connect(to: SocketAddress, events: ConnectionEvents): Connection {
  return new NativeConnection(to, events);
}

class NativeConnection implements Connection {
  readonly #events: ConnectionEvents;
  readonly #unsent: { readonly bytes: Uint8Array; readonly files: readonly number[] }[] = [];
  #socket: number | undefined;
  #isOpen = false;
  #isClosed = false;
  #stopReading: (() => void) | undefined;
  #stopWriting: (() => void) | undefined;

  constructor(to: SocketAddress, events: ConnectionEvents) {
    this.#events = events;
    try {
      this.#connect(to);
    } catch (error) {
      startTimer(0, () => {
        this.#end(error as Error);
      });
    }
  }

  write(bytes: Uint8Array, files: readonly number[] = []): void {
    if (this.#isClosed) return;
    this.#unsent.push({ bytes, files });
    if (this.#isOpen) this.#send();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopReading?.();
    this.#stopWriting?.();
    if (this.#socket !== undefined) native.close(this.#socket);
    this.#socket = undefined;
  }

  #connect(to: SocketAddress): void {
    if ('path' in to) {
      this.#socket = connectedTo(to.path);
      startTimer(0, () => {
        this.#opened();
      });
      return;
    }
    const socket = done(native.socket(families.vsock, stream, 0), 'socket');
    this.#socket = socket;
    const name = `vsock ${to.cid}:${to.port}`;
    const answer = native.connect(socket, vsockAddress(to.cid, to.port));
    if (answer !== -errno.EINPROGRESS) done(answer, 'connect', name);
    this.#stopWriting = watch(socket, writable, () => {
      this.#stopWriting?.();
      this.#stopWriting = undefined;
      const said = new Uint8Array(4);
      done(native.getsockopt(socket, pendingError.level, pendingError.option, said), 'getsockopt');
      const fault = readInt32(said, 0);
      if (fault === 0) this.#opened();
      else this.#end(systemError(fault, 'connect', name));
    });
  }

  #opened(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#isOpen = true;
    const room = new Uint8Array(chunk);
    this.#stopReading = watch(socket, readable, () => {
      const count = native.recv(socket, room, 0);
      if (count > 0) this.#events.onData(room.slice(0, count));
      else if (count === 0) this.#end(undefined);
      else if (count !== -errno.EAGAIN) this.#end(systemError(-count, 'read'));
    });
    this.#events.onOpen?.();
    this.#send();
  }

  // Sends as much as the socket takes, and the rest when there is room again.
  #send(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const { bytes, files } = first;
      const count = bytes.length === 0 ? 0 : native.sendmsg(socket, bytes, files, 0);
      if (count === -errno.EAGAIN) {
        this.#stopWriting ??= watch(socket, writable, () => {
          this.#send();
        });
        return;
      }
      if (count < 0) {
        // Reported later, like every error. What the other end sent before it closed is read first.
        this.#unsent.length = 0;
        break;
      }
      if (count === bytes.length) this.#unsent.shift();
      else this.#unsent[0] = { bytes: bytes.subarray(count), files: [] };
    }
    this.#stopWriting?.();
    this.#stopWriting = undefined;
  }

  #end(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.onEnd(error);
  }
}

function localAddress(path: string): Uint8Array {
  const name = utf8(path);
  if (name.length >= longestSocketPath) throw systemError(errno.ENAMETOOLONG, 'connect', path);
  const address = new Uint8Array(2 + longestSocketPath);
  address[0] = families.local;
  address.set(name, 2);
  return address;
}

// struct sockaddr_vm of linux/vm_sockets.h: 16 bits each of family and a reserved field, then port, CID, zeros.
function vsockAddress(cid: number, port: number): Uint8Array {
  return words(families.vsock, port, cid, 0);
}
