import { concat, latin1, strictText, utf8 } from '#bytes';
import type { Stream } from '../host/stream.ts';
import { largestAnswer } from './connection.ts';
import { garbled, quoted } from './faults.ts';

/** An answer of HTTP. */
export interface HttpAnswer {
  readonly status: number;
  /** Empty where there is none. */
  readonly body: string;
}

/** Bytes of a line of an answer's head, and lines of it, at most. */
const longestLine = 4096;
const mostLines = 64;

/** A request of HTTP/1.1, with a body of JSON where there is a value. Pure. */
export function requestBytes(method: 'GET' | 'PUT', path: string, value?: object): Uint8Array {
  const body = utf8(value === undefined ? '' : JSON.stringify(value));
  const headers = ['Host: localhost', 'Accept: application/json'];
  const ofBody = value === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`];
  return concat([utf8([`${method} ${path} HTTP/1.1`, ...headers, ...ofBody, '', ''].join('\r\n')), body]);
}

/**
 * Sends a request, with files that go along, and reads the answer. Its body must say how long it is, as that of Cloud
 * Hypervisor does. Throws `monitor-garbled`, and what the stream does.
 */
export async function ask(
  socket: string,
  stream: Stream,
  request: Uint8Array,
  files?: readonly number[],
): Promise<HttpAnswer> {
  stream.write(request, files);
  const [first = '', ...headers] = await head(socket, stream);
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw garbled(socket, `it begins with ${quoted(first)}`);
  const length = lengthIn(headers);
  if (length === undefined) throw garbled(socket, `its answer ${quoted(first)} does not say how long it is`);
  const body = strictText(await stream.take(length));
  if (body === undefined) throw garbled(socket, 'its answer is no text');
  return { status: Number(status), body };
}

async function head(socket: string, stream: Stream): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await stream.takeThrough(10, longestLine);
    if (line === undefined || lines.length === mostLines) throw garbled(socket, 'its answer is none of HTTP');
    const text = latin1(line).replace(/\r?\n$/, '');
    if (text === '') return lines;
    lines.push(text);
  }
}

/** How many bytes the body has that these headers announce; undefined: they do not say it, or it is too long. Pure. */
function lengthIn(headers: readonly string[]): number | undefined {
  const values = headers.map((line) => line.split(':')).filter(([name = '']) => /^content-length$/i.test(name));
  if (headers.some((line) => /^transfer-encoding:/i.test(line))) return undefined;
  const [, value = '0'] = values[0] ?? [];
  const length = /^ *\d{1,9} *$/.test(value) ? Number(value) : largestAnswer + 1;
  return values.length <= 1 && length <= largestAnswer ? length : undefined;
}
