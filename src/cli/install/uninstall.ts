import { pathIn, type Tree } from '../../host/tree.ts';
import type { ExitCode, Terminal, Words } from '../command.ts';
import { readContainerd } from '../../node/containerd.ts';
import { existsIn, resolvedIn } from '../../node/paths.ts';
import { attachmentsOf } from './attachments.ts';
import { carryOut } from './carry-out.ts';
import { fileState } from './file-state.ts';
import { manifestPath } from './manifest.ts';
import { handlersOf, namesOf, readManifest } from './node.ts';
import { leftoversOf } from './perform.ts';
import { planUninstall } from './plan-uninstall.ts';
import { treeOf } from './question.ts';
import { stayAfter } from './stay.ts';
import type { Plan } from './step.ts';

/** Runs `dan uninstall`: exit code 1 where it was refused, and then nothing was changed. */
export async function uninstall(words: Words, terminal: Terminal): Promise<ExitCode> {
  return await stayAfter(
    async () => {
      const tree = treeOf(words.values, terminal);
      return carryOut(await planFor(tree), { tree, executable: undefined }, words, terminal);
    },
    'uninstall',
    words,
    terminal,
  );
}

async function planFor(tree: Tree): Promise<Plan> {
  const manifest = readManifest(tree);
  const refuse = (why: string): Plan => ({ steps: [], notes: [], refusals: [why] });
  if (manifest === 'unreadable') {
    return refuse(
      `${manifestPath} is not what this dan writes, so it is not known what was installed: remove it, and what else is ` +
        'not needed, by hand',
    );
  }
  if (manifest.files.length > 0) {
    const attachments = attachmentsOf(tree);
    if (attachments.length > 0) {
      return refuse(
        `without dan, pods of this node would be torn down only in part: ${attachments.join('; ')}. Move them to another ` +
          'node ("kubectl drain"), and uninstall then; "dan list" shows what is attached',
      );
    }
  }
  const containerd = await readContainerd(tree);
  const watched = [...handlersOf(tree, containerd).map(({ confDir }) => confDir)];
  if (containerd !== undefined) watched.push(resolvedIn(tree, containerd.settings.confDir));
  const directories = manifest.directories.filter((path) => existsIn(tree, path));
  const paths = manifest.files.map(({ path }) => path);
  const { steps } = planUninstall({
    manifest,
    states: new Map(paths.map((path) => [path, fileState(tree, path)])),
    leftovers: new Set(paths.filter((path) => leftoversOf(pathIn(tree, path)).length > 0)),
    names: new Map(directories.map((path) => [path, namesOf(tree, path)])),
    watched,
  });
  return { steps, refusals: [], notes: [] };
}
