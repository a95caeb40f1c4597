import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namesIn, onFile } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { fillingDirectory, leftoverOf } from './leftover.ts';
import type { Content, Step } from './step.ts';

/** Does a step of a plan. `executable` is the file of this system that is installed. Throws `io-failure`. */
export function perform(step: Step, tree: Tree, executable: string | undefined): void {
  const path = pathIn(tree, step.path);
  switch (step.do) {
    case 'make-directory':
      onFile(`${path} cannot be made`, () => {
        mkdirSync(path, { recursive: true });
        // Whoever calls may have a umask of any kind.
        chmodSync(path, step.mode);
      });
      return;
    case 'write':
      onFile(`${path} cannot be written`, () => {
        place(path, step.mode, step.content, executable);
      });
      return;
    case 'remove':
      onFile(`${path} cannot be removed`, () => {
        removeLeftovers(path);
        rmSync(path, { force: true });
        if (existsSync(dirname(path))) syncDirectory(dirname(path));
      });
      return;
    case 'remove-directory':
      onFile(`${path} cannot be removed`, () => {
        rmdirSync(path);
      });
      return;
    case 'nothing':
      return;
    default:
      step satisfies never;
  }
}

/**
 * Fills a file under another name and renames it: whoever opens the path has the old file or the new one, whole, and a
 * program that runs from the old one goes on. That name is new each time, so that two writers cannot mix.
 *
 * Container runtimes watch their directory of network configurations with inotify. A rename within it is seen: it tells
 * of the old name as well as of the new one, and containerd, which lets the arrival of a name pass, goes by that. Of a
 * file that is renamed in from another directory it would see the arrival alone.
 */
function place(path: string, mode: number, content: Content, executable: string | undefined): void {
  removeLeftovers(path);
  const beside = join(fillingDirectory(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    fill(beside, content, executable);
    const file = openSync(beside, 'r+');
    try {
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

function fill(path: string, content: Content, executable: string | undefined): void {
  switch (content.from) {
    case 'executable':
      if (executable === undefined) throw new Error('there is no executable that could be installed');
      copyFileSync(executable, path, constants.COPYFILE_EXCL);
      return;
    case 'text':
      writeFileSync(path, content.text, { flag: 'wx' });
      return;
    default:
      content satisfies never;
  }
}

function removeLeftovers(path: string): void {
  for (const one of leftoversOf(path)) rmSync(one, { force: true });
}

/** What a writer of a file of this system left that was killed. Throws `io-failure`. */
export function leftoversOf(path: string): readonly string[] {
  const directory = fillingDirectory(path);
  const pattern = leftoverOf(basename(path));
  return namesIn(directory)
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, name));
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
