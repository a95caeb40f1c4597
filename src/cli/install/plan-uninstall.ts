import { basename } from '../../model/path.ts';
import type { FileState } from './file-state.ts';
import { fillingDirectory, leftoverOf } from './leftover.ts';
import { type InstalledFile, type Manifest, manifestDirectory, manifestPath } from './manifest.ts';
import type { Plan, Step } from './step.ts';

/** What a plan of an uninstallation goes by. */
export interface UninstallView {
  readonly manifest: Manifest;
  /** What is at the path of each file of the manifest. */
  readonly states: ReadonlyMap<string, FileState>;
  /** The files of the manifest that a writer was killed over, and left something of. */
  readonly leftovers: ReadonlySet<string>;
  /** The names in each directory of the manifest that is there. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Directories that a running container runtime may watch: each handler's `cni_conf_dir`, and the common one. */
  readonly watched: readonly string[];
}

/**
 * What an uninstallation does: the network configuration goes first, so that no further pod is started with it, then
 * what else was installed, then the directories that were made for it and hold nothing else, then the manifest.
 */
export function planUninstall(view: UninstallView): Pick<Plan, 'steps'> {
  const { manifest, names } = view;
  const files = manifest.files.toReversed().map((file) => fileStep(file, view));
  const record: readonly Step[] = names.has(manifestDirectory)
    ? [{ do: 'remove', path: manifestPath, why: 'nothing is installed any more' }]
    : [];
  const gone = new Set([...files, ...record].filter((step) => step.do === 'remove').map(({ path }) => path));
  const directories = manifest.directories
    .toSorted()
    .toReversed()
    .flatMap((path) => directoryStep(path, view, gone));
  // The manifest's own directory can only go after the manifest.
  const isAbove = ({ path }: Step): boolean => manifestPath.startsWith(`${path}/`);
  return {
    steps: [...files, ...directories.filter((step) => !isAbove(step)), ...record, ...directories.filter(isAbove)],
  };
}

function fileStep({ path, sha256 }: InstalledFile, { states, leftovers }: UninstallView): Step {
  const state = states.get(path) ?? 'missing';
  if (state === 'missing') {
    return leftovers.has(path)
      ? { do: 'remove', path, why: 'was never finished' }
      : { do: 'nothing', path, why: 'is gone already' };
  }
  if (state === 'no-file' || !sha256.includes(state.sha256)) {
    return {
      do: 'nothing',
      path,
      why: 'was changed since "dan install" put it there, and stays: it is yours to remove',
    };
  }
  return { do: 'remove', path, why: 'is as "dan install" put it there' };
}

function directoryStep(path: string, { names, watched }: UninstallView, gone: Set<string>): readonly Step[] {
  const inside = names.get(path);
  if (inside === undefined) return [];
  const left = inside.filter((name) => !gone.has(`${path}/${name}`) && !isLeftover(name, path, gone));
  if (left.length > 0) return [{ do: 'nothing', path, why: `holds ${left.slice(0, 3).join(', ')}, and stays` }];
  // From 2.0 on containerd stops its CRI plugin when a directory that it watches goes; before, it never looks again.
  if (watched.includes(path)) {
    return [{ do: 'nothing', path, why: 'stays, empty: containerd watches it, and would fail without it' }];
  }
  gone.add(path);
  return [{ do: 'remove-directory', path, why: 'was made by "dan install", and holds nothing else' }];
}

// What a writer left goes with its file.
function isLeftover(name: string, directory: string, gone: ReadonlySet<string>): boolean {
  return [...gone].some((path) => fillingDirectory(path) === directory && leftoverOf(basename(path)).test(name));
}
