import { latin1, utf8 } from '#bytes';
import { connectionError, garbled } from '../agent/faults.ts';
import { socketOf } from '../agent/socket.ts';
import { Stream } from '../host/stream.ts';

/** Bytes of one line of an answer, of its head, and of an address, at most. */
const longest = 4096;

/** The handler of the shim that tells where its agent listens (`AGENT_URL` of Kata's shim-interface). */
const path = '/agent-url';

const newline = 0x0a;

/**
 * Asks a sandbox's shim where the agent in the guest listens. `socket` is that on which the shim answers HTTP, and `deadline` is
 * in milliseconds of `system.now()`. Throws `agent-unreachable`, `agent-late`, `agent-garbled`, `directory-unsafe`.
 */
export async function agentUrl(socket: string, deadline: number): Promise<string> {
  const to = socketOf({ by: 'hybrid', path: socket, port: 0 }, socket);
  const stream = new Stream(to, { deadline, most: 2 * longest }, (fault) =>
    connectionError(socket, `GET ${path}`, fault),
  );
  try {
    stream.write(utf8(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    const [status, ...fields] = await headOf(stream, socket);
    const length = lengthIn(fields);
    if (!/^HTTP\/1\.[01] 200\b/.test(status ?? '') || length === undefined) {
      throw garbled(socket, `GET ${path}`, `it answers ${JSON.stringify([status, ...fields].join(' ').slice(0, 200))}`);
    }
    return latin1(await stream.take(length)).trim();
  } finally {
    stream.close();
  }
}

async function headOf(stream: Stream, socket: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let length = 0; ; ) {
    const bytes = await stream.takeThrough(newline, longest);
    length += bytes?.length ?? longest;
    if (bytes === undefined || length > longest) {
      throw garbled(socket, `GET ${path}`, `its head has more than ${longest} bytes`);
    }
    const line = latin1(bytes).trimEnd();
    if (line === '') return lines;
    lines.push(line);
  }
}

function lengthIn(fields: readonly string[]): number | undefined {
  const [digits] = fields.flatMap((field) => /^content-length:\s*(\d{1,4})$/i.exec(field)?.[1] ?? []);
  const length = Number(digits);
  return length <= longest ? length : undefined;
}
