import { findDirectory } from '../../host/directory.ts';
import { directoryFaultText } from '../../host/directory-fault.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { dirname, join } from '../../model/path.ts';

/**
 * Why files must not be where they are on a node, as sentences: a user who can write to a parent directory could
 * replace a program or a network configuration. Empty if there is no reason. Throws `io-failure`.
 */
export function unsafeAbove(tree: Tree, paths: readonly string[]): readonly string[] {
  const directories = new Set(paths.map((path) => pathIn(tree, dirname(path))));
  const faults = [...directories].flatMap((directory) => {
    const { fault: found } = findDirectory(directory);
    // If it is not a directory, making it fails later, with an error that says what was done before.
    if (found === undefined || found.fault.is === 'no-directory') return [];
    const path = found.path.startsWith(tree.root) ? join('/', found.path.slice(tree.root.length)) : found.path;
    const { seen, cure } = directoryFaultText(path, found.fault);
    return [`${path} ${seen}, and root would use what is put there${cure === undefined ? '' : `: ${cure}`}`];
  });
  return [...new Set(faults)];
}
