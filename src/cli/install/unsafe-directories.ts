import { directoryFaultText } from '../../attach/directories.ts';
import { directoryFault } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { dirname } from '../../model/path.ts';
import { resolvedIn, statusIn } from '../../node/paths.ts';

/**
 * Why files must not lie where they do on a node, as sentences: whoever may write to a directory above one may put a program
 * or a network of their own in its place. Empty: they may. Throws `io-failure`.
 */
export function unsafeAbove(tree: Tree, paths: readonly string[]): readonly string[] {
  const directories = new Set(paths.flatMap((path) => upFrom(resolvedIn(tree, dirname(path)))));
  const there = [...directories].filter((directory) => statusIn(tree, directory)?.type === 'directory');
  return there.flatMap((directory) => {
    const fault = directoryFault(pathIn(tree, directory));
    if (fault === undefined) return [];
    const { seen, cure } = directoryFaultText(directory, fault);
    return [`${directory} ${seen}, and root would use what is put there${cure === undefined ? '' : `: ${cure}`}`];
  });
}

function upFrom(directory: string): readonly string[] {
  return directory === '/' ? [] : [...upFrom(dirname(directory)), directory];
}
