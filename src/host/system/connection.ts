import type { Ip } from '../../model/ip.ts';

/** Where a stream socket listens: at a path, or in a virtual machine, by its CID and a port (AF_VSOCK of vsock(7)). */
export type SocketAddress = { readonly path: string } | { readonly cid: number; readonly port: number };

/** The events of a connection. None follows the end of the connection or its closing. */
export interface ConnectionEvents {
  /** The connection is established. What was written before is sent now. */
  readonly onOpen?: () => void;
  /** Bytes arrived. The listener may keep them. */
  readonly onData: (bytes: Uint8Array) => void;
  /** The other end closed it. With an error, it could not be established or broke. */
  readonly onEnd: (error: Error | undefined) => void;
}

/** A connection that was started. */
export interface Connection {
  /**
   * Sends bytes in order, as fast as the other end takes them. The bytes must not change afterwards. Copies of the
   * files, at most 253, go along with the first byte, over a socket of the file system only; the files must stay open
   * until they are sent. Node cannot send files: the connection ends with an error that says so.
   */
  write(bytes: Uint8Array, files?: readonly number[]): void;
  /** Closes it at once. Unsent bytes are lost. */
  close(): void;
}

/** Where to listen. */
export interface TcpAddress {
  /** In canonical text. `::` accepts connections of both families. */
  readonly ip: Ip;
  /** 0 chooses a free port. */
  readonly port: number;
}

/** A listening socket. */
export interface Listener {
  readonly port: number;
  /** Accepts no more connections. Existing ones stay. */
  close(): void;
}

/**
 * A connection with a client. Bytes are read only on demand, so a client that sends endlessly costs no memory. One read
 * and one write at a time.
 */
export interface ClientConnection {
  /** Waits for bytes, and returns at most `limit`; none if the client sends no more, or the connection has ended. */
  read(limit: number): Promise<Uint8Array>;
  /** Sends all bytes. Returns false if the connection ended before the system took all of them. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Tells the client that nothing more follows. */
  endWriting(): void;
  /** Ends the connection at once, along with pending reads and writes. */
  close(): void;
}
