import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryIn, findDirectory, makeDirectory, safeDirectory } from '../../src/host/directory.ts';
import { type DirectoryFault, directoryFaultText } from '../../src/host/directory-fault.ts';
import { openOwn } from '../../src/host/own-files.ts';

/** A user other than root. */
const another = 65534;
const isRoot = process.geteuid?.() === 0;

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'dan-directory-')));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const at = (...names: readonly string[]): string => join(directory, ...names);
const make = (...names: readonly string[]): string => {
  mkdirSync(at(...names), { recursive: true });
  return at(...names);
};

it.each<[DirectoryFault, string, string | undefined]>([
  [{ is: 'writable' }, 'can be written to by others', '"chmod go-w /dans"'],
  [{ is: 'of-another', user: 1000 }, 'belongs to user 1000', '"chown root /dans"'],
  [{ is: 'symbolic-link' }, 'is a symbolic link', 'name the directory that it leads to'],
  [{ is: 'no-directory' }, 'is not a directory', undefined],
])('the text of directory fault %j says what is wrong and how to cure it', (fault, seen, cure) => {
  expect(directoryFaultText('/dans', fault)).toEqual({ seen, cure });
});

describe('a directory', () => {
  it("is safe if it is root's, and missing if it is", () => {
    expect(findDirectory(directory)).toMatchObject({ directory: { path: directory }, fault: undefined });
    expect(safeDirectory(at('none', 'below'))).toBeUndefined();
  });

  it('that was opened stays open when another one comes to its path', () => {
    mkdirSync(at('place'));
    const { ino } = statSync(at('place'));
    const opened = safeDirectory(at('place'));
    renameSync(at('place'), at('moved'));
    mkdirSync(at('place'));
    expect(safeDirectory(at('place'))?.status.ino).toBe(statSync(at('place')).ino);
    expect(statSync(`/proc/self/fd/${opened?.file}`).ino).toBe(ino);
  });

  it.each([0o775, 0o757, 0o777, 0o1777])('is not safe if others may write to it: mode %o', (mode) => {
    chmodSync(make('open'), mode);
    expect(findDirectory(at('open')).fault).toEqual({ path: at('open'), fault: { is: 'writable' } });
  });

  it("may be written to by its group where that is a switch's", () => {
    chmodSync(make('open'), 0o2770);
    expect(findDirectory(at('open'), 'group').fault).toBeUndefined();
    chmodSync(at('open'), 0o2772);
    expect(findDirectory(at('open'), 'group').fault).toEqual({ path: at('open'), fault: { is: 'writable' } });
  });

  it('is not safe below one that others may rename in, and is below a sticky one', () => {
    make('above', 'own');
    chmodSync(at('above'), 0o775);
    expect(findDirectory(at('above', 'own')).fault).toEqual({ path: at('above'), fault: { is: 'writable' } });
    chmodSync(at('above'), 0o1777);
    expect(findDirectory(at('above', 'own')).fault).toBeUndefined();
  });

  it('is none if it is a file, or below one', () => {
    writeFileSync(at('file'), '');
    for (const path of [at('file'), at('file', 'below')]) {
      expect(findDirectory(path)).toEqual({
        directory: undefined,
        fault: { path: at('file'), fault: { is: 'no-directory' } },
      });
    }
    execFileSync('mkfifo', [at('fifo')]);
    expect(findDirectory(at('fifo')).fault).toEqual({ path: at('fifo'), fault: { is: 'no-directory' } });
  });

  it("may be below a link of root's, but be none itself, nor lead in a circle", () => {
    make('real', 'own');
    symlinkSync('real', at('relative'));
    symlinkSync(at('real'), at('absolute'));
    for (const path of [at('relative', 'own'), at('absolute', 'own'), at('absolute', 'own', '..', 'own', '.', '')]) {
      expect(findDirectory(path)).toMatchObject({ directory: { path: at('real', 'own') }, fault: undefined });
    }
    expect(findDirectory(at('relative')).fault?.fault).toEqual({ is: 'symbolic-link' });
    symlinkSync('nothing', at('dangling'));
    expect(() => makeDirectory(at('dangling'))).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    expect(existsSync(at('nothing'))).toBe(false);
    symlinkSync('circle', at('circle'));
    expect(findDirectory(at('circle', 'own')).directory).toBeUndefined();
  });

  it.runIf(isRoot)("is not safe if it is another's, below another's, or below a link of another's", () => {
    make('real', 'own', 'below');
    chownSync(at('real', 'own'), another, another);
    const fault = { path: at('real', 'own'), fault: { is: 'of-another', user: another } };
    expect(findDirectory(at('real', 'own')).fault).toEqual(fault);
    expect(findDirectory(at('real', 'own', 'below')).fault).toEqual(fault);
    expect(() => safeDirectory(at('real', 'own', 'below'))).toThrow(
      expect.objectContaining({ name: 'directory-unsafe' }),
    );
    make('rightful');
    symlinkSync('rightful', at('link'));
    lchownSync(at('link'), another, another);
    const blocked = { directory: undefined, fault: { path: at('link'), fault: { is: 'symbolic-link' } } };
    for (const path of [at('link'), at('link', 'below')]) expect(findDirectory(path)).toEqual(blocked);
  });

  it('is looked at anew each time that it is asked for', () => {
    const before = safeDirectory(make('a'));
    chmodSync(at('a'), 0o777);
    expect(() => safeDirectory(at('a'))).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    chmodSync(at('a'), 0o700);
    renameSync(at('a'), at('b'));
    expect(safeDirectory(at('a'))).toBeUndefined();
    make('a');
    const after = safeDirectory(at('a'));
    expect(after?.status.ino).toBe(statSync(at('a')).ino);
    expect(after?.status.ino).not.toBe(before?.status.ino);
  });

  it.each([0o000, 0o002, 0o022, 0o077])('is made with its mode, and those above it with theirs: umask %o', (umask) => {
    const before = process.umask(umask);
    try {
      symlinkSync('.', at('link'));
      for (const path of [at('a', 'b'), at('link', 'c', 'b', '')]) {
        makeDirectory(path);
        expect(statSync(path).mode & 0o7777).toBe(0o700);
        expect(statSync(join(path, '..')).mode & 0o7777).toBe(0o755);
      }
      chmodSync(at('a', 'b'), 0o711);
      makeDirectory(at('a', 'b'));
      expect(statSync(at('a', 'b')).mode & 0o7777).toBe(0o711);
    } finally {
      process.umask(before);
    }
  });

  it('is not made in one that is not safe', () => {
    chmodSync(make('open'), 0o777);
    expect(() => makeDirectory(at('open', 'own'))).toThrow(expect.objectContaining({ name: 'directory-unsafe' }));
    expect(existsSync(at('open', 'own'))).toBe(false);
  });
});

describe("what is where a file of dan's belongs", () => {
  const open = (name: string, how: 'a' | 'r', exposed?: boolean): unknown => {
    const own = safeDirectory(directory);
    return own && openOwn(entryIn(own, at(name)), how, exposed);
  };

  it('is made, or missing', () => {
    expect(open('file', 'r')).toBeUndefined();
    expect(open('file', 'a')).toEqual(expect.any(Number));
    expect(open('file', 'r')).toEqual(expect.any(Number));
  });

  it('is refused at once if it is no file', () => {
    make('directory');
    execFileSync('mkfifo', [at('fifo')]);
    symlinkSync('/etc/passwd', at('symbolic-link'));
    symlinkSync('nothing', at('dangling'));
    for (const how of ['a', 'r'] as const) {
      for (const type of ['directory', 'fifo', 'symbolic-link'])
        expect(open(type, how)).toEqual({ is: 'no-file', type });
      expect(open('dangling', how)).toEqual({ is: 'no-file', type: 'symbolic-link' });
    }
    expect(existsSync(at('nothing'))).toBe(false);
  });

  it('is refused with a second name or open to others, where others may write to its directory', () => {
    writeFileSync(at('file'), '', { mode: 0o600 });
    expect(open('file', 'a', true)).toEqual(expect.any(Number));
    chmodSync(at('file'), 0o620);
    expect(open('file', 'a', true)).toEqual({ is: 'exposed' });
    chmodSync(at('file'), 0o600);
    execFileSync('ln', [at('file'), at('second')]);
    expect(open('file', 'a', true)).toEqual({ is: 'exposed' });
    expect(open('file', 'a')).toEqual(expect.any(Number));
  });

  it.runIf(isRoot)("is refused if it is another's", () => {
    writeFileSync(at('file'), '');
    chownSync(at('file'), another, another);
    expect(open('file', 'r')).toEqual({ is: 'of-another', user: another });
  });
});
