import { codeOf } from '../host/files.ts';
import type { StreamFault } from '../host/stream.ts';
import { type DanErrorName, danError } from '../model/error.ts';
import { messageOf } from '../json/thrown.ts';
import { shortened } from '../protocol/error.ts';
import { longestData } from './frame.ts';
import { agentService } from './messages.ts';

// One error for each way in which an agent fails. What an agent says may be anything, since the guest controls it.

/** The error of a connection to an agent that failed during an operation, such as `UpdateRoutes`. */
export function connectionError(url: string, doing: string, fault: StreamFault): Error {
  switch (fault.is) {
    case 'late':
      return danError(
        'agent-late',
        `the agent of the guest at ${url} did not answer to ${doing} in time: see whether the guest is paused or under load, ` +
          'and try again',
      );
    case 'too-much':
      return garbled(url, doing, `it sent more than the ${longestData} bytes that an answer has at most`);
    case 'ended':
      // The queue is full: nobody has accepted the earlier connections.
      if (codeOf(fault.error) === 'EAGAIN') {
        return danError(
          'agent-busy',
          `the agent of the guest at ${url} takes no further connection now: look at the guest's load, and try again`,
        );
      }
      return gone(url, doing, fault.error === undefined ? 'the connection was closed' : messageOf(fault.error));
    case 'closed':
      return gone(url, doing, 'dan gave it up');
    default:
      return fault satisfies never;
  }
}

/** Nothing listens there, or not any more. */
export function gone(url: string, doing: string, why: string): Error {
  return danError(
    'agent-unreachable',
    `the agent of the guest cannot be reached at ${url} for ${doing}: ${why}; see whether the sandbox still runs`,
  );
}

/** The other end speaks another protocol. */
export function garbled(url: string, doing: string, what: string): Error {
  return danError(
    'agent-garbled',
    `what answers at ${url} to ${doing} is no agent of Kata: ${what}; see what listens there in the guest`,
  );
}

/** Codes of google.rpc.Code with their own error. Any other code means that the agent could not do the call. */
const named: Readonly<Record<number, DanErrorName>> = {
  4: 'agent-late',
  7: 'agent-refused',
  8: 'agent-busy',
  10: 'agent-busy',
  14: 'agent-busy',
};

const cures: Readonly<Partial<Record<DanErrorName, string>>> = {
  'agent-late': 'look at the load of the guest, and try again',
  'agent-busy': 'look at the load of the guest, and try again',
  'agent-refused': 'allow it in the policy of the pod or of the guest’s image',
};

/** The longest text of an agent in a message, in characters. */
const longestWords = 600;

/** The error that an agent returned for a call. */
export function statusError(url: string, method: string, code: number, message: string): Error {
  const name = named[code] ?? 'agent-failed';
  const cure = cures[name] ?? 'see the log of the agent for more';
  const refused = name === 'agent-refused' ? 'refused' : 'could not do';
  return danError(
    name,
    `the agent of the guest at ${url} ${refused} ${agentService}/${method} (code ${code}): ${wordsOf(message)}; ${cure}`,
  );
}

/** An agent's message in one line, without its stack trace and without control characters. */
function wordsOf(message: string): string {
  const [words = ''] = message.split(/\s*Stack backtrace:/);
  const line = words.replace(/[\s\0-\x1f\x7f-\x9f]+/g, ' ').trim();
  return line === '' ? 'it says nothing' : `"${shortened(line, longestWords)}"`;
}
