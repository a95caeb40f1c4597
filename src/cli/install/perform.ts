import { hex, utf8 } from '#bytes';
import { system } from '#system';
import { entryIn, itself, makeDirectory, type OpenDirectory, safeDirectory } from '../../host/directory.ts';
import { closing, namesIn, onFile, readBytes, removeIfThere, syncDirectory, writeAll } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { basename, dirname, join } from '../../model/path.ts';
import { CniError, protocolError } from '../../protocol/error.ts';
import type { Content, Step } from './step.ts';

/** What is needed to carry out a plan. */
export interface Means {
  readonly tree: Tree;
  /** The file of this system to install; undefined if there is none. */
  readonly executable: string | undefined;
}

/** Carries out steps in order. Throws `io-failure`, with what was done before. */
export function performAll(steps: readonly Step[], means: Means): void {
  const done: string[] = [];
  for (const step of steps) {
    try {
      perform(step, means);
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      const before = done.length === 0 ? 'nothing was changed' : `done before that: ${done.join(', ')}`;
      throw error.withDetails([`${before}; the same command continues from there, and "dan uninstall" reverts it`]);
    }
    if (step.do !== 'nothing') done.push(`${step.do} ${step.path}`);
  }
}

function perform(step: Step, { tree, executable }: Means): void {
  const path = pathIn(tree, step.path);
  switch (step.do) {
    case 'make-directory':
      makeDirectory(path, step.mode);
      return;
    case 'write':
      onFile(`${path} cannot be written`, () => {
        place(path, step.mode, step.content, executable);
      });
      return;
    case 'remove':
      onFile(`${path} cannot be removed`, () => {
        removeLeftovers(path);
        const directory = openUnlinked(dirname(path));
        if (directory === undefined) return;
        removeIfThere(entryIn(directory, path));
        syncDirectory(itself(directory));
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
 * Fills a file under a temporary name and renames it: a process that opens the path gets the whole old file or the
 * whole new one, and a program running from the old file continues. The temporary name is unique, so that two writers
 * cannot mix. Both names are relative to open directories, so that swapping a directory meanwhile cannot redirect the
 * file.
 *
 * Container runtimes watch their directory of network configurations with inotify. containerd ignores the arrival of a
 * name and reacts to the old name of a rename, so it would not see a file that is renamed in from another directory.
 */
function place(path: string, mode: number, content: Content, executable: string | undefined): void {
  removeLeftovers(path);
  const directory = openThere(dirname(path));
  const filling = openThere(fillingDirectory(path));
  const beside = entryIn(filling, `.${basename(path)}.${hex(system.randomBytes(6))}.tmp`);
  try {
    const bytes = content.from === 'text' ? utf8(content.text) : readBytes(executable ?? '', Number.POSITIVE_INFINITY);
    closing(system.open(beside, 'wx', 0o600), (file) => {
      writeAll(file, bytes);
      system.fchmod(file, mode);
      system.fsync(file);
    });
    system.rename(beside, entryIn(directory, path));
  } catch (error) {
    removeIfThere(beside);
    throw error;
  }
  syncDirectory(itself(directory));
}

function removeLeftovers(path: string): void {
  const filling = openUnlinked(fillingDirectory(path));
  if (filling === undefined) return;
  for (const one of leftoversOf(path)) removeIfThere(entryIn(filling, one));
}

// A plan's path has its symbolic links resolved, so a path that now has one was swapped. undefined if it is missing.
function openUnlinked(path: string): OpenDirectory | undefined {
  const directory = safeDirectory(path);
  if (directory === undefined || directory.path === path) return directory;
  throw protocolError('io-failure', `${path} became a link to ${directory.path} at this time`);
}

function openThere(path: string): OpenDirectory {
  const directory = openUnlinked(path);
  if (directory !== undefined) return directory;
  throw protocolError('io-failure', `${path} is missing: make it, or remove the link that leads there`);
}

/**
 * The directory in which a file is filled before it is renamed to its place: normally the file's own. But Kata merges
 * every file of a `config.d` into its configuration, whatever its name, so no unfinished file may be there.
 */
export function fillingDirectory(path: string): string {
  const directory = dirname(path);
  return basename(directory) === 'config.d' ? dirname(directory) : directory;
}

/**
 * Whether a path is a temporary file that a killed writer of `file` left. libcni does not use such a name as a network
 * configuration.
 */
export function isLeftover(path: string, file: string): boolean {
  const name = `.${basename(file)}.`;
  const isBeside = dirname(path) === fillingDirectory(file) && basename(path).startsWith(name);
  return isBeside && /^[0-9a-f]{12}\.tmp$/.test(basename(path).slice(name.length));
}

/** The temporary files that killed writers of a file on this system left. Throws `io-failure`. */
export function leftoversOf(path: string): readonly string[] {
  const directory = fillingDirectory(path);
  return namesIn(directory)
    .map((name) => join(directory, name))
    .filter((one) => isLeftover(one, path));
}
