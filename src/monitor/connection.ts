import { safeSocket } from '../host/safe-socket.ts';
import { Stream } from '../host/stream.ts';
import { streamError, unreachable } from './faults.ts';

/** The longest answer, in bytes. */
export const largestAnswer = 4 * 1024 * 1024;

/**
 * Connects to a monitor's socket, which must meet the conditions of {@link safeSocket}. Throws `directory-unsafe`,
 * `monitor-unreachable`, `io-failure`.
 */
export function connectTo(socket: string, deadline: number): Stream {
  const to = safeSocket(socket, (why) => unreachable(socket, why));
  return new Stream(to, { deadline, most: largestAnswer }, (fault) => streamError(socket, fault));
}

/** The common part of connected monitors, whatever their protocol. */
export abstract class Connection {
  /** The path of its socket, for messages. */
  readonly socket: string;
  /** When every call ends at the latest: milliseconds of `system.now()`. */
  readonly deadline: number;
  protected readonly stream: Stream;

  constructor(socket: string, deadline: number, stream: Stream) {
    this.socket = socket;
    this.deadline = deadline;
    this.stream = stream;
  }

  close(): void {
    this.stream.close();
  }
}
