import { recordDirectory } from '../../attach/directories.ts';
import { namesIn, readIfThere } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { isObject } from '../../json/object.ts';

/** The attachments that a node has records of, each in words. Throws `io-failure`. */
export function attachmentsOf(tree: Tree): readonly string[] {
  const directory = pathIn(tree, recordDirectory);
  return namesIn(directory)
    .filter((name) => /^[^.].*\.json$/.test(name))
    .map((name) => describe(name, readIfThere(join(directory, name))));
}

function describe(name: string, text: string | undefined): string {
  try {
    const record: unknown = JSON.parse(text ?? '');
    if (isObject(record)) {
      const { sandbox, ifname, network } = record;
      return `${String(ifname)} of sandbox ${String(sandbox)} in network ${String(network)}`;
    }
  } catch {
    // What it says is lost; that it is there counts.
  }
  return `the one of ${recordDirectory}/${name}`;
}
