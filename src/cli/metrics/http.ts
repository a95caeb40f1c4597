import { concat, latin1, utf8 } from '#bytes';

/** The most bytes of a request's head. */
export const longestHead = 8 * 1024;

/** A client's request. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** The response to a client. */
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
 * Reads the head of a request (RFC 9112, sections 2 to 5) piece by piece, as far as the answer depends on it. Fields
 * are not read, because they never change the answer. Each byte is examined only a few times, whatever the pieces.
 */
export class Head {
  #line = '';
  #request: HttpRequest | undefined;
  #last = '';
  #length = 0;

  /** Adds received bytes, and returns what is known so far; `more` if the head is not complete. */
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

/** A response in the form in which it is sent, for HEAD without its body. The connection ends with it. Pure. */
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
