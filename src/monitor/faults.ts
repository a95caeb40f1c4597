import type { StreamFault } from '../host/stream.ts';
import { danError } from '../model/error.ts';
import { messageOf } from '../json/thrown.ts';
import { CniError, shortened } from '../protocol/error.ts';

/** The longest quote of a monitor's words in a message, in characters. */
const mostWords = 300;

/** A monitor's words, quoted for a message. */
export function quoted(said: string): string {
  return JSON.stringify(shortened(said.trim(), mostWords));
}

/** The error of a monitor that returned an error. `doing` is a clause: `to plug dan-1 in`. */
export function refused(socket: string, doing: string, said: string): CniError {
  return danError('monitor-refused', `the virtual machine monitor at ${socket} refused ${doing}: ${said}`);
}

/** Whether an error is an answer of the monitor, after which the connection stays usable. */
export function isRefusal(error: unknown): error is CniError {
  return error instanceof CniError && error.name === 'monitor-refused';
}

/** The error of an answer that does not follow the monitor's protocol. */
export function garbled(socket: string, why: string): CniError {
  return danError(
    'monitor-garbled',
    `what listens at ${socket} does not answer as a virtual machine monitor: ${why}; see which process it is`,
  );
}

/** The error of a call that took too long. */
export function late(socket: string, what: string): CniError {
  return danError('monitor-late', `the virtual machine monitor at ${socket} was too late: ${what}`);
}

/** The error of a monitor that cannot be reached, or that has ended. */
export function unreachable(socket: string, why: string): CniError {
  return danError(
    'monitor-unreachable',
    `nobody answers at ${socket}, where the virtual machine monitor listens: ${why}`,
  );
}

/** The error of a connection that has ended. */
export function streamError(socket: string, fault: StreamFault): CniError {
  switch (fault.is) {
    case 'late':
      return late(socket, 'it hangs, or another client holds its socket');
    case 'too-much':
      return garbled(socket, 'it sends without an end');
    case 'closed':
      return unreachable(socket, 'dan has closed the connection');
    case 'ended':
      return unreachable(socket, fault.error === undefined ? 'it closed the connection' : messageOf(fault.error));
    default:
      return fault satisfies never;
  }
}
