import { connectionError, garbled, gone } from '../agent/faults.ts';
import { askByHttp } from '../host/http.ts';
import { safeSocket } from '../host/safe-socket.ts';
import { Stream } from '../host/stream.ts';

/** Bytes of an address, at most. */
const longestBody = 4096;

/** Bytes that may wait to be read: a head has some more than the body. */
const most = 4 * longestBody;

/** The handler of the shim that tells where its agent listens (`AGENT_URL` of Kata's shim-interface). */
const path = '/agent-url';

/**
 * Asks a sandbox's shim where the agent in the guest listens. `socket` is that on which the shim answers HTTP, and `deadline` is
 * in milliseconds of `system.now()`. Throws `agent-unreachable`, `agent-late`, `agent-garbled`, `directory-unsafe`.
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
