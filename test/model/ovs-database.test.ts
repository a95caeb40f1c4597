import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { defaultOvsDatabase, parseOvsDatabase } from '../../src/model/ovs.ts';
import { verdict } from './verdict.ts';

const kinds = 'must start with "unix:", "tcp:" or "ssl:"';
const printable = 'must hold printable ASCII characters, no spaces and no commas';
const path = 'must name the socket by an absolute path without ".." after "unix:"';
const long = 'must name a socket of at most 107 bytes';
const loopback = 'must name a loopback address and a port after "tcp:", like "tcp:127.0.0.1:6640"';
const text = 'must be a string like "unix:/run/openvswitch/db.sock"';

describe('parseOvsDatabase', () => {
  it.each([
    defaultOvsDatabase,
    'unix:/var/run/openvswitch/db.sock',
    'unix:/run/a..b/..c/db.sock',
    'unix:/run/a:b',
    `unix:/${'a'.repeat(106)}`,
    'tcp:127.0.0.1:6640',
    'tcp:127.255.0.1:1',
    'tcp:[::1]:6640',
    'ssl:192.0.2.1:6640',
    'ssl:[2001:db8::1]:6640',
  ])('accepts %s', (database) => {
    expect(verdict(parseOvsDatabase(database))).toBe(database);
  });

  it.each([
    ['unix:db.sock', path],
    ['unix:./db.sock', path],
    ['unix:/run/../etc/db.sock', path],
    ['unix:/run/..', path],
    // Open vSwitch accepts several, separated by commas, so another kind could hide behind the first.
    ['unix:/run/db.sock,tcp:192.0.2.1:6640', printable],
    ['ssl:127.0.0.1:6640,tcp:192.0.2.1:6640', printable],
    [`unix:/${'a'.repeat(107)}`, long],
    ['tcp:192.0.2.1:6640', loopback],
    ['tcp:10.0.0.1:6640', loopback],
    ['tcp:127.0.0.1', loopback],
    ['tcp:localhost:6640', loopback],
    ['tcp:[::2]:6640', loopback],
    ['tcp:::1:6640', loopback],
    ['tcp:127.0.0.1:6640,tcp:192.0.2.1:6640', printable],
    ['tcp:127.0.0.256:6640', loopback],
    ['tcp:127.0.0.1:65536', loopback],
    ['tcp:127.0.0.1:0', loopback],
    ['tcp:127.0.0.1.example.org:6640', loopback],
    ['tcp:0127.0.0.1:6640', loopback],
    ['unix:', kinds],
    ['tcp:', kinds],
    ['ssl:', kinds],
    ['', kinds],
    ['/run/openvswitch/db.sock', kinds],
    ['UNIX:/run/db.sock', kinds],
    ['punix:/run/db.sock', kinds],
    ['ptcp:6640:127.0.0.1', kinds],
    ['--db=unix:/run/db.sock', kinds],
    ['unix:/run/a b', printable],
    ['unix:/run/db.sock\n', printable],
    ['unix:/run/db.sock\0', printable],
    ['unix:/run/dätenbank', printable],
    [' unix:/run/db.sock', printable],
    [6640, text],
    [null, text],
    [undefined, text],
    [['unix:/run/db.sock'], text],
  ])('refuses %j', (value, why) => {
    expect(verdict(parseOvsDatabase(value))).toBe(`refused: ${why}`);
  });

  it('accepts only one word of a command line, and only an absolute path of a socket', () => {
    const near = fc
      .tuple(
        fc.constantFrom('unix:/', 'unix:', 'tcp:127.', 'tcp:', 'ssl:', ''),
        fc.stringMatching(/^[a-z0-9/.:,\- \n\0ä]{0,20}$/),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (value) => {
        const parsed = parseOvsDatabase(value);
        if (!parsed.ok) return;
        expect(parsed.value).toBe(value);
        expect(value).toMatch(/^(unix|tcp|ssl):[!-~]+$/);
        if (!value.startsWith('unix:')) return;
        const socket = value.slice('unix:'.length);
        expect(socket).toMatch(/^\/[^,]*$/);
        expect(socket.split('/')).not.toContain('..');
      }),
      { numRuns: 2000 },
    );
  });
});
