import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deriveNames } from '../../src/model/identity.ts';
import { longestSocketPath, parseSocketDirectory, parseSocketPath } from '../../src/model/socket-path.ts';
import { verdict } from './verdict.ts';

const absolute = 'must be an absolute path without ".."';
const control = 'must hold no control characters';
const twice = 'must be written without "//" and "/./"';
const file = 'must end in a file name of letters, digits, "-", "_", ".", first a letter';
const long =
  'must have at most 107 bytes: the address of a UNIX socket holds 107, so no program could bind a longer path';
const longDirectory = 'must have at most 87 bytes: the address of a UNIX socket holds 107, 20 for the name';

const filled = (bytes: number): string => `/${'a'.repeat(bytes - 1)}`;

describe('parseSocketPath', () => {
  it.each([
    '/s',
    '/run/dan/vhost-user/dan1b3029b14dd.sock',
    '/var/run/openvswitch/vhu-0_1.sock',
    '/run/a..b/..c/S',
    '/run/a b/sock',
    '/run/pöd/sock',
    filled(107),
    `/${'ö'.repeat(52)}/a`,
  ])('accepts %s', (path) => {
    expect(verdict(parseSocketPath(path))).toBe(path);
  });

  it.each([
    ['', absolute],
    ['s.sock', absolute],
    ['./s.sock', absolute],
    ['/run/../s', absolute],
    ['/..', absolute],
    ['/run/s\0', control],
    ['/run/\0/s', control],
    ['/run/\n/s', control],
    ['/run/\ud800/s', control],
    ['/run//s', twice],
    ['/run/./s', twice],
    ['//s', twice],
    [7, absolute],
    [null, absolute],
    [undefined, absolute],
    [['/run/s'], absolute],
    [filled(108), long],
    // 56 characters, but 108 bytes, and the kernel counts bytes.
    [`/${'ö'.repeat(52)}/ab`, long],
    ['/', file],
    ['/run/', file],
    ['/run/s/', file],
    ['/run/.s', file],
    ['/run/-s', file],
    ['/run/0', file],
    ['/run/_s', file],
    ['/run/a b', file],
    ['/run/s\n', control],
    ['/run/sö', file],
    ['/run/s:1', file],
    ['/run/s,server', file],
  ])('refuses %j', (path, why) => {
    expect(verdict(parseSocketPath(path))).toBe(`refused: ${why}`);
  });

  it('accepts only what fits the address of a UNIX socket, and no file name that is an option', () => {
    const near = fc
      .tuple(fc.constantFrom('/', '/run/', '', './'), fc.stringMatching(/^[a-z0-9./\-_ö\0]{0,110}$/))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (path) => {
        const parsed = parseSocketPath(path);
        if (!parsed.ok) return;
        expect(parsed.value).toBe(path);
        expect(Buffer.byteLength(path)).toBeLessThanOrEqual(longestSocketPath);
        expect(path.split('/')).not.toContain('..');
        expect(path.split('/').at(-1)).toMatch(/^[a-zA-Z][\w.-]*$/);
        expect(path.startsWith('/') && !path.includes('\0')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseSocketDirectory', () => {
  it.each(['/', '/run/dan/vhost-user', '/run/dan/', filled(87)])('accepts %s', (directory) => {
    expect(verdict(parseSocketDirectory(directory))).toBe(directory);
  });

  it.each([
    ['', absolute],
    ['run', absolute],
    ['/run/../x', absolute],
    ['/run\0', control],
    ['/run//dan', twice],
    ['/run/.', twice],
    [7, absolute],
    [filled(88), longDirectory],
    [`/${'ö'.repeat(43)}x`, longDirectory],
  ])('refuses %j', (directory, why) => {
    expect(verdict(parseSocketDirectory(directory))).toBe(`refused: ${why}`);
  });

  it('accepts only what leaves room for every derived name', () => {
    const { link } = deriveNames({ network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' });
    expect(verdict(parseSocketPath(`${filled(87)}/${link}.sock`))).toHaveLength(107);
  });
});
