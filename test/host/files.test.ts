import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { directoryFault, namesIn, removeFile, writeWhole } from '../../src/host/files.ts';

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
    expect(directoryFault(directory)).toBe(`can be written to by others: "chmod go-w ${directory}"`);
    chmodSync(directory, 0o700);
  });

  it('is not if it leads elsewhere, or is none', () => {
    const [link, file] = [join(directory, 'link'), join(directory, 'file')];
    symlinkSync(directory, link);
    writeFileSync(file, '');
    expect(directoryFault(link)).toBe('is a symbolic link: name the directory that it leads to');
    expect(directoryFault(file)).toBe('is no directory');
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
