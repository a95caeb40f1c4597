import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryFaultText, unsafeDirectories } from '../../src/attach/directories.ts';
import type { DirectoryFault } from '../../src/host/files.ts';

test.each<[DirectoryFault, string, string | undefined]>([
  [{ is: 'writable' }, 'can be written to by others', '"chmod go-w /dans"'],
  [{ is: 'of-another', user: 1000 }, 'belongs to user 1000', '"chown root /dans"'],
  [{ is: 'symbolic-link' }, 'is a symbolic link', 'name the directory that it leads to'],
  [{ is: 'no-directory' }, 'is not a directory', undefined],
])('the text of directory fault %j says what is wrong and how to cure it', (fault, seen, cure) => {
  expect(directoryFaultText('/dans', fault)).toEqual({ seen, cure });
});

test('the refusal of a directory names it, what is wrong and how to cure it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dan-directory-'));
  try {
    const link = join(directory, 'link');
    symlinkSync(directory, link);
    const faults = unsafeDirectories([directory, link]).filter((fault) => fault.startsWith(directory));
    expect(faults).toEqual([`${link} is a symbolic link: name the directory that it leads to`]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
