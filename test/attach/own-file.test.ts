import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { removeOwnFile } from '../../src/attach/take-over.ts';
import { lookAtFile } from '../../src/host/own-files.ts';

let directory: string;
let server: Server;
const at = (name: string): string => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dan-own-'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
  writeFileSync(at('file'), '');
  mkdirSync(at('directory'));
  symlinkSync(at('socket'), at('link'));
  linkSync(at('socket'), at('dan0123456789a.sock'));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** Removes a file, and returns the log lines. */
async function remove(kind: 'socket' | 'device-node', path: string, sandbox?: string): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  await removeOwnFile({ kind, path }, sandbox, (level, _text, fields) => {
    lines.push([level, fields]);
  });
  return lines;
}

describe('lookAtFile', () => {
  it.each([
    ['socket', 'socket'],
    ['file', 'other'],
    ['directory', 'other'],
    // dan must not look at the target, let alone remove it.
    ['link', 'other'],
    ['absent', 'missing'],
    ['absent/socket', 'missing'],
  ])('the path of a %s: %s', (name, kind) => {
    expect(lookAtFile(at(name))).toBe(kind);
  });

  it('/dev/null: device-node', () => {
    expect(lookAtFile('/dev/null')).toBe('device-node');
  });
});

describe('removeOwnFile', () => {
  it('removes the file, and does nothing if it is missing', async () => {
    expect(await remove('socket', at('dan0123456789a.sock'))).toEqual([]);
    expect(lookAtFile(at('dan0123456789a.sock'))).toBe('missing');
    expect(await remove('socket', at('dan0123456789a.sock'))).toEqual([]);
    expect(await remove('device-node', at('absent'))).toEqual([]);
  });

  // The test itself listens, and its program is called node.
  it.each(['node', process.execPath])(
    'removes a chosen socket on which the virtual machine of %s listens',
    async (id) => {
      expect(await remove('socket', at('socket'), id)).toEqual([]);
      expect(lookAtFile(at('socket'))).toBe('missing');
    },
  );

  it.each(['sandbox-1', undefined])('leaves one alone on which none of %s listens, and logs a warning', async (id) => {
    expect(await remove('socket', at('socket'), id)).toEqual([['warn', { path: at('socket') }]]);
    expect(lookAtFile(at('socket'))).toBe('socket');
  });

  it.each([
    ['socket', 'file'],
    ['socket', 'directory'],
    ['socket', 'link'],
    ['device-node', 'file'],
    ['device-node', 'socket'],
  ] as const)('expects a %s, finds a %s, leaves it alone and logs a warning', async (kind, name) => {
    expect(await remove(kind, at(name))).toEqual([['warn', { path: at(name) }]]);
    expect(lookAtFile(at(name))).not.toBe('missing');
  });
});
