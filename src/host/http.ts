import { concat, latin1, strictText, utf8 } from '#bytes';
import { shortened } from '../protocol/error.ts';
import type { Stream } from './stream.ts';

/** An HTTP/1.1 request. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  /** Its body, which is sent as JSON; left out if it has none. */
  readonly value?: object;
  /** Files to send along as copies. */
  readonly files?: readonly number[] | undefined;
}

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Empty if it has none. */
  readonly body: string;
}

/** The limits of an answer. */
export interface HttpLimits {
  /** The most bytes of its body. */
  readonly longestBody: number;
  /** Makes the error for an invalid answer, from the reason. */
  readonly garbled: (why: string) => Error;
}

/**
 * The most bytes of a line in an answer's head, the most lines there, and the most characters that a message quotes.
 */
const longestLine = 4096;
const mostLines = 64;
const mostQuoted = 300;

/**
 * Sends a request and reads the answer, whose length must be announced, as Cloud Hypervisor and Kata's shims do. Throws
 * what `garbled` makes, and what the stream throws.
 */
export async function askByHttp(
  stream: Stream,
  request: HttpRequest,
  { longestBody, garbled }: HttpLimits,
): Promise<HttpAnswer> {
  stream.write(requestBytes(request), request.files);
  const [first = '', ...headers] = await head(stream, garbled);
  const quoted = JSON.stringify(shortened(first.trim(), mostQuoted));
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw garbled(`it begins with ${quoted}`);
  const length = lengthIn(headers);
  if (length === undefined || length > longestBody) throw garbled(`its answer ${quoted} does not say how long it is`);
  const body = strictText(await stream.take(length));
  if (body === undefined) throw garbled('its answer is no text');
  return { status: Number(status), body };
}

function requestBytes({ method, path, value }: HttpRequest): Uint8Array {
  const body = utf8(value === undefined ? '' : JSON.stringify(value));
  const headers = ['Host: localhost', 'Accept: application/json'];
  const ofBody = value === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`];
  return concat([utf8([`${method} ${path} HTTP/1.1`, ...headers, ...ofBody, '', ''].join('\r\n')), body]);
}

async function head(stream: Stream, garbled: HttpLimits['garbled']): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await stream.takeThrough(10, longestLine);
    if (line === undefined || lines.length === mostLines) throw garbled('its answer is none of HTTP');
    const text = latin1(line).replace(/\r?\n$/, '');
    if (text === '') return lines;
    lines.push(text);
  }
}

/** The body length that these headers announce; undefined if they do not announce one. Pure. */
function lengthIn(headers: readonly string[]): number | undefined {
  const values = headers.map((line) => line.split(':')).filter(([name = '']) => /^content-length$/i.test(name));
  if (headers.some((line) => /^transfer-encoding:/i.test(line)) || values.length > 1) return undefined;
  const [, value = '0'] = values[0] ?? [];
  return /^ *\d{1,9} *$/.test(value) ? Number(value) : undefined;
}
