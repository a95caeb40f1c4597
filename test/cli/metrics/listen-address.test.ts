import { describe, expect, it } from 'vitest';
import { parseListenAddress } from '../../../src/cli/metrics/listen-address.ts';

describe('where dan metrics listens', () => {
  it.each([
    ['0.0.0.0:9464', '0.0.0.0', 9464],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::]:65535', '::', 65_535],
    ['[FD00::0001]:80', 'fd00::1', 80],
  ])('%s is taken', (text, ip, port) => {
    expect(parseListenAddress(text)).toMatchObject({ ok: true, value: { ip: { text: ip }, port } });
  });

  it.each([
    ['9464', 'must be ADDRESS:PORT'],
    [':9464', 'is not an IP address'],
    ['localhost:9464', 'is not an IP address'],
    ['0.0.0.0:', 'must be ADDRESS:PORT'],
    ['0.0.0.0:http', 'must be ADDRESS:PORT'],
    ['0.0.0.0:0', 'a port from 1 to 65535'],
    ['0.0.0.0:65536', 'a port from 1 to 65535'],
    ['::1:9464', 'must be ADDRESS:PORT'],
    ['[127.0.0.1]:9464', 'in brackets, and no other'],
    ['[fe80::1%eth0]:9464', 'must not name a zone'],
  ])('%s is refused', (text, why) => {
    expect(parseListenAddress(text)).toMatchObject({ ok: false, why: expect.stringContaining(why) as string });
  });
});
