import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  directoryFault,
  exists,
  isDirectory,
  makeDirectories,
  namesIn,
  readAll,
  readBytes,
  readIfThere,
  readText,
  removeFile,
  removeIfThere,
  writeText,
  writeWhole,
} from '../../src/host/files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-files-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('a directory to write to', () => {
  it('is sound if it is its own, or still to be made', () => {
    expect(directoryFault(directory)).toBeUndefined();
    expect(directoryFault(join(directory, 'none'))).toBeUndefined();
  });

  it.each([0o775, 0o757, 0o777, 0o1777])('is not if others may write to it: mode %o', (mode) => {
    chmodSync(directory, mode);
    expect(directoryFault(directory)).toEqual({ is: 'writable' });
    chmodSync(directory, 0o700);
  });

  it('is not if it leads elsewhere, or is none', () => {
    const [link, file] = [join(directory, 'link'), join(directory, 'file')];
    symlinkSync(directory, link);
    writeFileSync(file, '');
    expect(directoryFault(link)).toEqual({ is: 'symbolic-link' });
    expect(directoryFault(file)).toEqual({ is: 'no-directory' });
  });
});

describe('a file that is written whole', () => {
  it('is there or not, and what a dead writer left does not matter', () => {
    const path = join(directory, 'made', 'file.json');
    const temporary = join(directory, 'made', '.other.tmp');
    mkdirSync(join(directory, 'made'));
    for (const left of [temporary, join(directory, 'made', '.file.json.tmp')]) writeFileSync(left, 'half');
    writeWhole(path, 'whole', { durable: true });
    writeWhole(path, 'new', { durable: false, temporary });
    expect(namesIn(join(directory, 'made'))).toEqual(['file.json']);
    writeFileSync(temporary, 'half');
    removeFile(path, { durable: true, temporary });
    expect(readdirSync(join(directory, 'made'))).toEqual([]);
  });

  it('is not there if it cannot be, and nothing else is', () => {
    const path = join(directory, 'file');
    mkdirSync(path);
    expect(() => {
      writeWhole(path, 'text', { durable: false });
    }).toThrow(expect.objectContaining({ name: 'io-failure', code: 5 }));
    expect(existsSync(join(directory, '.file.tmp'))).toBe(false);
  });
});

describe('a file that is read', () => {
  it.each([0, 1, 4095, 4096, 4097, 100_000])('has all of its %i bytes', (length) => {
    const path = join(directory, 'file');
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    writeFileSync(path, bytes);
    expect(Buffer.compare(readBytes(path), bytes)).toBe(0);
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

describe('directories', () => {
  it('are made as far as they are missing', () => {
    const path = join(directory, 'a', 'b', 'c');
    expect(makeDirectories(path, 0o700)).toBe(true);
    expect(makeDirectories(path, 0o755)).toBe(false);
    expect(isDirectory(path)).toBe(true);
    expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o700);
  });

  it('are not made where there is something else', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    for (const one of [path, join(path, 'a'), join(path, 'a', 'b')]) {
      expect(() => makeDirectories(one)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
      expect(isDirectory(one)).toBe(false);
    }
  });
});
