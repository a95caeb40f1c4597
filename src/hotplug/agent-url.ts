import { connectionError, garbled, gone } from '../agent/faults.ts';
import { askByHttp } from '../host/http.ts';
import { safeSocket } from '../host/safe-socket.ts';
import { Stream } from '../host/stream.ts';

/** The longest address, in bytes. */
const longestBody = 4096;

/** Bytes that may be buffered: the head of the answer adds to the body. */
const most = 4 * longestBody;

/** The shim's path for the address of its agent (`AGENT_URL` of Kata's shim-interface). */
const path = '/agent-url';

/**
 * Asks a sandbox's shim where the agent in the guest listens. `socket` is the shim's HTTP socket, and `deadline` is in
 * milliseconds of `system.now()`. Throws `agent-unreachable`, `agent-late`, `agent-garbled`, `directory-unsafe`.
 */
export async function agentUrl(socket: string, deadline: number): Promise<string> {
  const doing = `GET ${path}`;
  const isNone = (why: string): Error => garbled(socket, doing, why);
  const to = safeSocket(socket, (why) => gone(socket, doing, why));
  const stream = new Stream(to, { deadline, most }, (fault) => connectionError(socket, doing, fault));
  try {
    const { status, body } = await askByHttp(stream, { method: 'GET', path }, { longestBody, garbled: isNone });
    const url = body.trim();
    if (status !== 200 || url === '') throw isNone(`it answers ${status} ${JSON.stringify(url.slice(0, 200))}`);
    return url;
  } finally {
    stream.close();
  }
}
