import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  exists,
  largestFile,
  readAll,
  readBytes,
  readIfThere,
  readText,
  removeIfThere,
  writeText,
} from '../../src/host/files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-files-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('a file that is read', () => {
  it.each([0, 1, 4095, 4096, 4097, 100_000])('has all of its %i bytes', (length) => {
    const path = join(directory, 'file');
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    writeFileSync(path, bytes);
    expect(Buffer.compare(readBytes(path, Number.POSITIVE_INFINITY), bytes)).toBe(0);
    const file = openSync(path, 'r');
    expect(readAll(file, 4097, 16)).toHaveLength(Math.min(length, 4097));
    closeSync(file);
  });

  it('may be one whose length the system does not tell', () => {
    expect(readText('/proc/self/status')).toMatch(/^Name:/);
    expect(readText('/proc/self/mountinfo').split('\n').length).toBeGreaterThan(1);
  });

  it('is text as it is in the file, and what is none is marked', () => {
    const path = join(directory, 'file');
    writeFileSync(path, Buffer.from([0xef, 0xbb, 0xbf, 0xc3, 0xa4, 0xff]));
    expect(readText(path)).toBe('\uFEFFä\uFFFD');
  });

  it('is refused as the system does it, or is not there', () => {
    expect(() => readText(join(directory, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => readText(directory)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(readIfThere(join(directory, 'none', 'below'))).toBeUndefined();
    writeFileSync(join(directory, 'file'), '');
    expect(readIfThere(join(directory, 'file', 'below'))).toBeUndefined();
    expect(() => readIfThere(directory)).toThrow(expect.objectContaining({ name: 'io-failure' }));
  });

  it('is refused at once if it is no file, or has no end', () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, '/dev/zero', '/dev/null']) {
      expect(() => readIfThere(path)).toThrow(expect.objectContaining({ name: 'io-failure' }));
    }
    const huge = join(directory, 'huge');
    writeFileSync(huge, '');
    truncateSync(huge, largestFile + 1);
    expect(() => readIfThere(huge)).toThrow(expect.objectContaining({ name: 'io-failure' }));
  });
});

describe('a file that is written', () => {
  it('begins anew or goes on, and is for its owner alone', () => {
    const path = join(directory, 'file');
    writeText(path, 'ä first', 'w');
    writeText(path, 'new\n', 'w');
    writeText(path, 'more\n', 'a');
    expect(readFileSync(path, 'utf8')).toBe('new\nmore\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is removed if it is there, and nothing but a file is', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    removeIfThere(path);
    removeIfThere(path);
    expect(exists(path)).toBe(false);
    writeFileSync(path, '');
    removeIfThere(join(path, 'below'));
    expect(exists(path)).toBe(true);
    mkdirSync(join(directory, 'made'));
    expect(() => {
      removeIfThere(join(directory, 'made'));
    }).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  });
});
