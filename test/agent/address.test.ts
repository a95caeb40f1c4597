import { describe, expect, it } from 'vitest';
import { parseAgentUrl } from '../../src/agent/address.ts';

describe('the address of an agent', () => {
  it.each([
    ['vsock://3:1024', { by: 'vsock', socket: { cid: 3, port: 1024 } }],
    ['vsock://4294967294:4294967294', { by: 'vsock', socket: { cid: 4294967294, port: 4294967294 } }],
    ['hvsock:///run/kata/a:b/ch.sock:1024', { by: 'hybrid', path: '/run/kata/a:b/ch.sock', port: 1024 }],
  ])('%s', (url, value) => {
    expect(parseAgentUrl(url)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'form'],
    ['vsock://3', 'form'],
    ['vsock:3:1024', 'form'],
    ['vsock://3:-1', 'form'],
    ['vsock://3:12345678901', 'form'],
    ['vsock://3:0', 'port 0'],
    ['vsock://3:4294967295', 'port 4294967295'],
    // The host itself, by each of its CIDs: another of its programs could listen there.
    ['vsock://0:1024', 'guests have numbers from 3 on'],
    ['vsock://1:1024', 'guests have numbers from 3 on'],
    ['vsock://2:1024', 'guests have numbers from 3 on'],
    ['vsock://4294967295:1024', 'guests have numbers from 3 on'],
    ['vsock://host:1024', 'guests have numbers from 3 on'],
    ['unix:///run/agent.sock:1024', 'speaks vsock:// and hvsock://'],
    ['remote:///run/peerpod.sock:1024', 'speaks vsock:// and hvsock://'],
    ['hvsock://relative/path:1024', 'absolute path'],
    ['hvsock:///run/../etc/s:1024', 'without ".."'],
    ['hvsock:///run/a\nb:1024', 'no control characters'],
    [`hvsock:///${'x'.repeat(120)}:1024`, 'bytes'],
  ])('%j is refused', (url, why) => {
    expect(parseAgentUrl(url)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});
