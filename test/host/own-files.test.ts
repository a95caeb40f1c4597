import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { system } from '#system';
import { largestFile } from '../../src/host/files.ts';
import { ownNames, readOwn, removeFile, writeWhole } from '../../src/host/own-files.ts';

const another = 65534;
const isRoot = process.geteuid?.() === 0;

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'dan-own-files-')));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const at = (...names: readonly string[]): string => join(directory, ...names);

describe('a file that is swapped between the look at it and its opening', () => {
  it.each(['mkfifo', 'mkdir'])('is looked at again: what %s made', (program) => {
    writeFileSync(at('before'), 'text');
    const before = system.lstat(at('before'));
    execFileSync(program, [at('file')]);
    const lstat = vi.spyOn(system, 'lstat').mockReturnValueOnce(before);
    expect(readOwn(at('file'))).toMatchObject({ fault: { is: 'no-file' } });
    lstat.mockRestore();
  });

  it('is missing where another call has removed it', () => {
    writeFileSync(at('before'), 'text');
    const lstat = vi.spyOn(system, 'lstat').mockReturnValueOnce(system.lstat(at('before')));
    expect(readOwn(at('file'))).toBeUndefined();
    lstat.mockRestore();
  });
});

describe('a file that is written whole', () => {
  it('is there or not, and what a dead writer left does not matter', () => {
    const path = at('made', 'file.json');
    const temporary = at('made', '.other.tmp');
    mkdirSync(at('made'));
    for (const left of [temporary, at('made', '.file.json.tmp')]) writeFileSync(left, 'half');
    writeWhole(path, 'whole', { durable: true });
    writeWhole(path, 'new', { durable: false, temporary });
    expect(ownNames(at('made'))).toEqual(['file.json']);
    expect(statSync(path).mode & 0o7777).toBe(0o600);
    writeFileSync(temporary, 'half');
    removeFile(path, { durable: true, temporary });
    expect(readdirSync(at('made'))).toEqual([]);
  });

  it('is not there if it cannot be, and nothing else is', () => {
    const path = at('file');
    mkdirSync(path);
    expect(() => {
      writeWhole(path, 'text', { durable: false });
    }).toThrow(expect.objectContaining({ name: 'io-failure', code: 5 }));
    expect(existsSync(at('.file.tmp'))).toBe(false);
  });

  it('never follows a link that somebody put where it is filled', () => {
    writeFileSync(at('victim'), 'kept');
    symlinkSync('victim', at('.file.tmp'));
    symlinkSync('victim', at('file'));
    writeWhole(at('file'), 'new', { durable: false });
    expect(readFileSync(at('victim'), 'utf8')).toBe('kept');
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
  });

  it('is refused in a directory that is not safe', () => {
    mkdirSync(at('open'));
    chmodSync(at('open'), 0o777);
    expect(() => {
      writeWhole(at('open', 'file'), 'text', { durable: false });
    }).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    expect(() => ownNames(at('open'))).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    expect(readdirSync(at('open'))).toEqual([]);
  });
});

describe("a file of dan's that is read", () => {
  it('is its text, or missing, with its directory or without', () => {
    writeFileSync(at('file'), 'text');
    expect(readOwn(at('file'))).toEqual({ text: 'text' });
    for (const path of [at('none'), at('none', 'below')]) expect(readOwn(path)).toBeUndefined();
  });

  it('is refused over a limit', () => {
    writeFileSync(at('file'), '');
    truncateSync(at('file'), largestFile + 1);
    expect(readOwn(at('file'))).toEqual({ fault: { is: 'too-long' } });
  });

  it("counts in a directory of another only if it is root's alone", () => {
    mkdirSync(at('open'));
    chmodSync(at('open'), 0o777);
    writeFileSync(at('open', 'file'), 'text', { mode: 0o600 });
    expect(() => readOwn(at('open', 'file'))).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    expect(readOwn(at('open', 'file'), 'anyway')).toEqual({ text: 'text' });
    chmodSync(at('open', 'file'), 0o602);
    expect(readOwn(at('open', 'file'), 'anyway')).toEqual({ fault: { is: 'exposed' } });
    if (!isRoot) return;
    chownSync(at('open', 'file'), another, another);
    expect(readOwn(at('open', 'file'), 'anyway')).toEqual({ fault: { is: 'of-another', user: another } });
  });
});

describe('removing', () => {
  it('leaves what is of another type, and needs no directory', () => {
    execFileSync('mkfifo', [at('fifo')]);
    mkdirSync(at('directory'));
    symlinkSync('fifo', at('link'));
    for (const name of ['fifo', 'directory', 'link', 'none']) removeFile(at(name), { durable: true });
    removeFile(at('none', 'below'), { durable: true });
    removeFile(at('fifo', 'below'), { durable: true });
    expect(readdirSync(directory).sort()).toEqual(['directory', 'fifo', 'link']);
  });
});
