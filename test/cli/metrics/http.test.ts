import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1, utf8 } from '../../../src/bytes/node.ts';
import { Head, longestHead, responseBytes } from '../../../src/cli/metrics/http.ts';

const read = (bytes: Uint8Array): ReturnType<Head['take']> => new Head().take(bytes);

describe('the head of a request', () => {
  it.each([
    ['GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n', 'GET', '/metrics'],
    ['GET /metrics HTTP/1.0\r\n\r\n', 'GET', '/metrics'],
    ['HEAD /metrics?x=1&y HTTP/1.1\r\n\r\n', 'HEAD', '/metrics'],
    ['POST / HTTP/1.1\nHost: a\n\nbody', 'POST', '/'],
  ])('%j is read', (text, method, path) => {
    expect(read(utf8(text))).toEqual({ method, path });
  });

  it.each(['', 'GET', 'GET /metrics HTTP/1.1', 'GET /metrics HTTP/1.1\r\n', 'GET /metrics HTTP/1.1\r\nHost: a\r\n'])(
    '%j has not come to its end',
    (text) => {
      expect(read(utf8(text))).toBe('more');
    },
  );

  it.each([
    'get /metrics HTTP/1.1\r\n',
    'GET metrics HTTP/1.1\r\n',
    'GET http://a/metrics HTTP/1.1\r\n',
    '\r\n\r\n',
    'GET /metrics HTTP/2\r\n',
    'GET /metrics\r\n',
    'GET  /metrics HTTP/1.1\r\n',
    'GET /a b HTTP/1.1\r\n',
    '\u0016\u0003\u0001 a hello of TLS\r\n',
    `${'A'.repeat(21)} / HTTP/1.1\r\n`,
  ])('%j is none', (text) => {
    expect(read(utf8(text))).toBe('bad');
  });

  it('is read alike in whatever pieces it comes', () => {
    const whole = utf8('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 40, maxLength: 40 }), (sizes) => {
        const head = new Head();
        for (let at = 0; at < whole.length; ) {
          const end = Math.min(whole.length, at + (sizes.shift() ?? 1));
          const isWhole = end === whole.length;
          expect(head.take(whole.subarray(at, end))).toEqual(isWhole ? { method: 'GET', path: '/metrics' } : 'more');
          at = end;
        }
      }),
    );
  });

  it('is read from any bytes without failing, and is at some time too long', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), (pieces) => {
        const head = new Head();
        for (const piece of pieces) if (head.take(piece) !== 'more') break;
      }),
    );
    const head = new Head();
    expect(head.take(utf8('GET / HTTP/1.1\r\n'))).toBe('more');
    expect(head.take(utf8('x'.repeat(longestHead)))).toBe('too-long');
    expect(read(utf8('x'.repeat(longestHead + 1)))).toBe('too-long');
  });
});

describe('a response', () => {
  it('says how long it is in bytes, and that the connection ends', () => {
    expect(latin1(responseBytes({ status: 200, type: 'text/plain', body: 'é' }, false))).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n\u00c3\u00a9',
    );
  });

  it('to HEAD has no body, and to another method says which there are', () => {
    const head = latin1(responseBytes({ status: 405, type: 'text/plain', body: 'no' }, true));
    expect(head).toMatch(/\r\nAllow: GET, HEAD\r\n.*\r\n\r\n$/s);
  });
});
