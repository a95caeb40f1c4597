import { concat, latin1, utf8 } from '#bytes';

/** Bytes that the head of a request may have. */
export const longestHead = 8 * 1024;

/** What a client asks for. */
export interface HttpRequest {
  readonly method: string;
  /** Without what follows a `?`. */
  readonly path: string;
}

/** What a client gets. */
export interface HttpResponse {
  readonly status: 200 | 400 | 404 | 405 | 431 | 500 | 503;
  readonly type: string;
  readonly body: string;
}

const reasons: Readonly<Record<HttpResponse['status'], string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/**
 * Reads the head of a request (RFC 9112, sections 2 to 5) piece by piece, as far as it decides what is asked for. Fields are not
 * read: whatever they say, the answer is the same. Each byte is looked at a few times, in whatever pieces it comes.
 */
export class Head {
  #line = '';
  #request: HttpRequest | undefined;
  #last = '';
  #length = 0;

  /** Takes what came, and says what is known by then; `more`: it has not come to its end yet. */
  take(bytes: Uint8Array): HttpRequest | 'bad' | 'more' | 'too-long' {
    const text = latin1(bytes);
    this.#length += bytes.length;
    if (this.#request === undefined) {
      const end = text.indexOf('\n');
      this.#line += end < 0 ? text : text.slice(0, end);
      if (end >= 0) {
        this.#request = requestOf(this.#line);
        if (this.#request === undefined) return 'bad';
      }
    }
    const seen = this.#last + text;
    this.#last = seen.slice(-3);
    if (this.#request !== undefined && /\n\r?\n/.test(seen)) return this.#request;
    return this.#length > longestHead ? 'too-long' : 'more';
  }
}

function requestOf(line: string): HttpRequest | undefined {
  const [whole, method = '', path = ''] = requestLine.exec(line) ?? [];
  return whole === undefined ? undefined : { method, path };
}

const requestLine = /^([A-Z]{1,20}) (\/[^\s?#]*)(?:\?\S*)? HTTP\/1\.[01]\r?$/;

/** A response as it is sent; to HEAD without its body. The connection ends with it. Pure. */
export function responseBytes({ status, type, body }: HttpResponse, isHead: boolean): Uint8Array {
  const content = utf8(body);
  const head = [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${content.length}`,
    'X-Content-Type-Options: nosniff',
    ...(status === 405 ? ['Allow: GET, HEAD'] : []),
    'Connection: close',
    '\r\n',
  ].join('\r\n');
  return isHead ? utf8(head) : concat([utf8(head), content]);
}
