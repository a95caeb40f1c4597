import { WrongUse } from '../../command/command.ts';
import type { Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { sandboxDirectories, shimSocket } from '../../host/kata-sandbox.ts';
import { idsMeantBy, parseForeignId } from '../../node/kata-sandboxes.ts';
import { existsIn, namesAt } from '../../node/paths.ts';

/** Throws `WrongUse` if a word can be neither a sandbox id nor the beginning of one. */
export function refuseOddSandbox(sandbox: string): void {
  const parsed = parseForeignId(sandbox);
  if (!parsed.ok) throw new WrongUse(`dan kata-ipvs: the sandbox ${JSON.stringify(sandbox)} ${parsed.why}`);
}

/**
 * The whole id of the running sandbox whose id begins with a word. Directories whose names cannot be ids are ignored.
 * If no id matches, returns the word itself: Kata then reports that the sandbox does not exist. Throws `WrongUse` if
 * several ids match.
 */
export function wholeSandboxId(word: string, tree: Tree): string {
  const ids = sandboxDirectories.flatMap((directory) =>
    // The shim of a running sandbox has a socket there.
    namesAt(tree, directory).filter(
      (name) => parseForeignId(name).ok && existsIn(tree, join(directory, name, shimSocket)),
    ),
  );
  const [found = word, ...others] = idsMeantBy(word, ids);
  if (others.length === 0) return found;
  throw new WrongUse(`dan kata-ipvs: ${others.length + 1} running sandboxes begin with ${word}: give more of the id`);
}
