import { codeOf } from '../host/files.ts';
import type { StreamFault } from '../host/stream.ts';
import { type DanErrorName, danError } from '../model/error.ts';
import { messageOf, shortened } from '../protocol/error.ts';
import { longestData } from './frame.ts';
import { agentService } from './messages.ts';

// Each way in which an agent fails, as an error. What an agent says may be anything: it is the guest's.

/** What is wrong with a connection to an agent while something is done, such as `UpdateRoutes`. */
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
      // A queue that is full: nobody takes what has come before.
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

/** Nobody is there, or not any more. */
export function gone(url: string, doing: string, why: string): Error {
  return danError(
    'agent-unreachable',
    `the agent of the guest cannot be reached at ${url} for ${doing}: ${why}; see whether the sandbox still runs`,
  );
}

/** What answers speaks something else. */
export function garbled(url: string, doing: string, what: string): Error {
  return danError(
    'agent-garbled',
    `what answers at ${url} to ${doing} is no agent of Kata: ${what}; see what listens there in the guest`,
  );
}

/** Codes of google.rpc.Code that have an error of their own. Any other is a call that the agent could not do. */
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

/** Characters of an agent's words that a message has. */
const longestWords = 600;

/** What an agent answered instead of doing what it was asked for. */
export function statusError(url: string, method: string, code: number, message: string): Error {
  const name = named[code] ?? 'agent-failed';
  const cure = cures[name] ?? 'see the log of the agent for more';
  const refused = name === 'agent-refused' ? 'refused' : 'could not do';
  return danError(
    name,
    `the agent of the guest at ${url} ${refused} ${agentService}/${method} (code ${code}): ${wordsOf(message)}; ${cure}`,
  );
}

/** An agent's words in one line, without the trace of its stack and without control characters. */
function wordsOf(message: string): string {
  const [words = ''] = message.split(/\s*Stack backtrace:/);
  const line = words.replace(/[\s\0-\x1f\x7f-\x9f]+/g, ' ').trim();
  return line === '' ? 'it says nothing' : `"${shortened(line, longestWords)}"`;
}
