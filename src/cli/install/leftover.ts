import { basename, dirname } from '../../model/path.ts';

/**
 * The directory in which a file is filled before it is renamed to its place. It is that of the file; Kata, however, merges
 * every file of a `config.d` into its configuration, whatever its name, so nothing unfinished may be there.
 */
export function fillingDirectory(path: string): string {
  const directory = dirname(path);
  return basename(directory) === 'config.d' ? dirname(directory) : directory;
}

/** The names under which a file of this name is filled. libcni takes none of them for a network configuration. */
export function leftoverOf(name: string): RegExp {
  return new RegExp(`^\\.${name.replace(/[^\w-]/g, '\\$&')}\\.[0-9a-f]{12}\\.tmp$`);
}
