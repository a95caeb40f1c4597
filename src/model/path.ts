// Paths as POSIX defines them, handled as text. Nothing here reads the file system or the working directory.

/** Joins paths with slashes. Removes `.`, empty names, and each `..` with the name before it. Keeps a final slash. */
export function join(...paths: readonly string[]): string {
  let path = '';
  for (const one of paths) if (one !== '') path = path === '' ? one : `${path}/${one}`;
  if (path === '') return '.';
  // Most paths need no change.
  if (!path.startsWith('.') && !path.includes('/.') && !path.includes('//')) return path;
  const root = isAbsolute(path) ? '/' : '';
  const names = plainNames(path, root !== '').join('/');
  if (names === '') return root === '' ? (path.endsWith('/') ? './' : '.') : '/';
  return `${root}${names}${path.endsWith('/') ? '/' : ''}`;
}

/** Resolves a path against an absolute directory. The result has no slash at its end. */
export function resolve(directory: string, path: string): string {
  return `/${plainNames(isAbsolute(path) ? path : `${directory}/${path}`, true).join('/')}`;
}

/** The directory that a path is in. */
export function dirname(path: string): string {
  const slash = path.lastIndexOf('/', endOfName(path) - 1);
  if (path === '' || slash < 0) return '.';
  if (slash === 0) return '/';
  return slash === 1 && isAbsolute(path) ? '//' : path.slice(0, slash);
}

/** The last name of a path. */
export function basename(path: string): string {
  const end = endOfName(path);
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

/** Whether a path begins at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

// In an absolute path, a leading `..` is dropped, since nothing is above the root. In a relative path, it is kept.
function plainNames(path: string, absolute: boolean): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (!absolute) names.push(name);
  }
  return names;
}

// The index at which the last name ends. Slashes may follow it, but the root's slash does not count as one of them.
function endOfName(path: string): number {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return end;
}
