import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unsafeDirectories } from '../../src/attach/directories.ts';

test('the refusal of a directory names it, what is wrong and how to cure it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dan-directory-'));
  try {
    const link = join(directory, 'link');
    symlinkSync(directory, link);
    const faults = [directory, link].flatMap((danConf) => unsafeDirectories(danConf));
    expect(faults.filter((fault) => fault.startsWith(directory))).toEqual([
      `${link} is a symbolic link: name the directory that it leads to`,
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
