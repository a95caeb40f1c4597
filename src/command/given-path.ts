import { isAbsolute, resolve } from '../model/path.ts';
import type { Terminal } from './command.ts';

/** The absolute form of a path. The working directory is read only if it is needed, since it may be gone. */
export function givenPath(path: string, terminal: Pick<Terminal, 'directory'>): string {
  return resolve(isAbsolute(path) ? '/' : terminal.directory, path);
}
