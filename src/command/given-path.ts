import { isAbsolute, resolve } from '../model/path.ts';
import type { Terminal } from './command.ts';

/** A path as it was given, from the root. The working directory is asked for where it counts alone: it may be gone. */
export function givenPath(path: string, terminal: Pick<Terminal, 'directory'>): string {
  return resolve(isAbsolute(path) ? '/' : terminal.directory, path);
}
