import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** Removes a file, and gives what is said about it. */
function remove(kind: 'socket' | 'device-node', path: string): readonly unknown[] {
  const lines: unknown[] = [];
  removeOwnFile({ kind, path }, (level, _text, fields) => {
    lines.push([level, fields]);
  });
  return lines;
}

describe('lookAtFile', () => {
  it.each([
    ['socket', 'socket'],
    ['file', 'other'],
    ['directory', 'other'],
    // What is behind it is not dan's to look at, let alone to remove.
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
  it('removes the file, and does nothing if it is missing', () => {
    expect(remove('socket', at('socket'))).toEqual([]);
    expect(lookAtFile(at('socket'))).toBe('missing');
    expect(remove('socket', at('socket'))).toEqual([]);
    expect(remove('device-node', at('absent'))).toEqual([]);
  });

  it.each([
    ['socket', 'file'],
    ['socket', 'directory'],
    ['socket', 'link'],
    ['device-node', 'file'],
    ['device-node', 'socket'],
  ] as const)('expects a %s, finds a %s, leaves it alone and logs a warning', (kind, name) => {
    expect(remove(kind, at(name))).toEqual([['warn', { path: at(name) }]]);
    expect(lookAtFile(at(name))).not.toBe('missing');
  });
});
