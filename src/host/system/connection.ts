import type { Ip } from '../../model/ip.ts';

/** Where a stream socket listens: at a path, or in a virtual machine, by its number and a port (AF_VSOCK of vsock(7)). */
export type SocketAddress = { readonly path: string } | { readonly cid: number; readonly port: number };

/** What becomes of a connection. After the end comes nothing more, nor after it was closed. */
export interface ConnectionEvents {
  /** It is there. What was written before is sent now. */
  readonly onOpen?: () => void;
  /** Bytes came; they are the listener's to keep. */
  readonly onData: (bytes: Uint8Array) => void;
  /** The other end has closed it; or with what the system said, where it could not be made or broke. */
  readonly onEnd: (error: Error | undefined) => void;
}

/** A connection that was begun. */
export interface Connection {
  /**
   * Sends bytes, in order, as the other end takes them. They must not change afterwards. Copies of the files go along with
   * the first of them, 253 at most, over a socket of the file system; the files must be open until they are sent. Node cannot
   * send files: the connection ends with an error that says so.
   */
  write(bytes: Uint8Array, files?: readonly number[]): void;
  /** Closes it at once. What was not sent yet is lost. */
  close(): void;
}

/** Where somebody listens. */
export interface TcpAddress {
  /** In its canonical text. `::` takes connections of both families. */
  readonly ip: Ip;
  /** 0: one that is free. */
  readonly port: number;
}

/** Somebody who listens. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; those that there are stay. */
  close(): void;
}

/**
 * A connection with a client. Nothing is read that is not asked for, so that a client which sends on and on costs no memory.
 * One read and one write at a time.
 */
export interface ClientConnection {
  /** Waits for bytes, and gives at most so many; none: the client sends no more, or the connection has ended in any way. */
  read(limit: number): Promise<Uint8Array>;
  /** Sends all of the bytes; false: the connection has ended before the system had taken them. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Tells the client that nothing more comes. */
  endWriting(): void;
  /** Ends the connection at once: what is waited for ends, too. */
  close(): void;
}
