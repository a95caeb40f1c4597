import { hex, utf8 } from '#bytes';
import { system } from '#system';
import { exists, makeDirectories, namesIn, onFile, readBytes, removeIfThere, writeAll } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { basename, dirname, join } from '../../model/path.ts';
import { fillingDirectory, leftoverOf } from './leftover.ts';
import type { Content, Step } from './step.ts';

/** Does a step of a plan. `executable` is the file of this system that is installed. Throws `io-failure`. */
export function perform(step: Step, tree: Tree, executable: string | undefined): void {
  const path = pathIn(tree, step.path);
  switch (step.do) {
    case 'make-directory':
      onFile(`${path} cannot be made`, () => {
        makeDirectories(path);
        // Whoever calls may have a umask of any kind.
        system.chmod(path, step.mode);
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
        removeIfThere(path);
        if (exists(dirname(path))) syncDirectory(dirname(path));
      });
      return;
    case 'remove-directory':
      onFile(`${path} cannot be removed`, () => {
        system.rmdir(path);
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
  const beside = join(fillingDirectory(path), `.${basename(path)}.${hex(system.randomBytes(6))}.tmp`);
  try {
    const bytes = bytesOf(content, executable);
    const file = system.open(beside, 'wx', 0o600);
    try {
      writeAll(file, bytes);
      system.fchmod(file, mode);
      system.fsync(file);
    } finally {
      system.close(file);
    }
    system.rename(beside, path);
  } catch (error) {
    removeIfThere(beside);
    throw error;
  }
  syncDirectory(dirname(path));
}

function bytesOf(content: Content, executable: string | undefined): Uint8Array {
  switch (content.from) {
    case 'executable':
      if (executable === undefined) throw new Error('there is no executable that could be installed');
      return readBytes(executable);
    case 'text':
      return utf8(content.text);
    default:
      return content satisfies never;
  }
}

function removeLeftovers(path: string): void {
  for (const one of leftoversOf(path)) removeIfThere(one);
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
  const handle = system.open(directory, 'r');
  try {
    system.fsync(handle);
  } finally {
    system.close(handle);
  }
}
