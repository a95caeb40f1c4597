import { recordDirectory } from '../../attach/directories.ts';
import { readIfThere } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { objectOfText } from '../../json/object.ts';
import { readContainerd } from '../../node/containerd.ts';
import { existsIn, resolvedIn } from '../../node/paths.ts';
import { type InstalledFile, type Manifest, manifestPath, readManifest } from './manifest.ts';
import { fileState, handlersOf, namesOf } from './node.ts';
import { isLeftover, leftoversOf } from './perform.ts';
import { type Plan, refuse, type Step } from './step.ts';
import { unsafeAbove } from './unsafe-directories.ts';

/** The circumstances that decide whether a directory can be removed. */
interface Around {
  readonly tree: Tree;
  /** The node's directories that a running container runtime may watch. */
  readonly watched: readonly string[];
  /** Mount points of this system. */
  readonly mounted: readonly string[];
}

/** The file name of a record, readable or not. */
const isRecord = /^[^.].*\.json$/;

/** Plans an uninstallation. Only reads files. Throws `io-failure`. */
export async function planUninstall(tree: Tree): Promise<Plan> {
  const manifest = readManifest(tree);
  if (manifest === 'unreadable') {
    return refuse(
      `${manifestPath} is not what this dan writes, so it is not known what was installed: remove it, and everything else ` +
        'that is not needed, by hand',
    );
  }
  const unsafe = unsafeAbove(tree, [manifestPath, ...manifest.files.map(({ path }) => path)]);
  if (unsafe.length > 0) return { steps: [], refusals: unsafe, notes: [] };
  const records = manifest.files.length === 0 ? [] : recordsOf(tree);
  if (records.length > 0) {
    const count = records.length === 1 ? '1 attachment' : `${records.length} attachments`;
    return refuse(
      `this node has ${count}, which only dan can detach; "dan list" shows them. Move the pods to another ` +
        'node ("kubectl drain"), and uninstall then. What is left when no pod runs any more, "dan list --orphans" shows, ' +
        'with the command that removes it',
    );
  }
  const around = { tree, watched: await watchedDirectories(tree), mounted: mountPoints() };
  return { steps: stepsFor(around, manifest), refusals: [], notes: [] };
}

/**
 * The records of attachments. A record without an entry does not count: its ADD did not finish, no pod runs with it,
 * and a DEL may never come.
 */
function recordsOf(tree: Tree): readonly string[] {
  return namesOf(tree, recordDirectory).filter((name) => {
    if (!isRecord.test(name)) return false;
    const record = objectOfText(readIfThere(pathIn(tree, `${recordDirectory}/${name}`)) ?? '');
    // The contents of an unreadable record are lost, but its attachment counts.
    return record === undefined || record['entry'] !== undefined;
  });
}

// As in proc_pid_mountinfo(5). A mount point with a space is escaped there, and is not recognized here.
function mountPoints(): readonly string[] {
  const lines = (readIfThere('/proc/self/mountinfo') ?? '').split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '');
}

/** Directories that a running container runtime may watch: each handler's `cni_conf_dir`, and the common one. */
async function watchedDirectories(tree: Tree): Promise<readonly string[]> {
  const containerd = await readContainerd(tree);
  const common = containerd === undefined ? [] : [resolvedIn(tree, containerd.settings.confDir)];
  return [...handlersOf(tree, containerd).map(({ confDir }) => confDir), ...common];
}

// The network configuration is removed first, so that no further pod starts with it; then everything else that was
// installed, then the directories that were made for it and are empty, then the manifest.
function stepsFor(around: Around, manifest: Manifest): readonly Step[] {
  const { tree } = around;
  const files = manifest.files.toReversed().map((file) => fileStep(tree, file));
  const isRecorded = existsIn(tree, manifestPath) || leftoversOf(pathIn(tree, manifestPath)).length > 0;
  const record: readonly Step[] = isRecorded
    ? [{ do: 'remove', path: manifestPath, why: 'nothing is installed any more' }]
    : [];
  const gone = new Set([...files, ...record].filter((step) => step.do === 'remove').map(({ path }) => path));
  const directories = manifest.directories
    .filter((path) => existsIn(tree, path))
    .sort()
    .toReversed()
    .map((path) => directoryStep(around, path, gone));
  // The manifest's own directory can be removed only after the manifest.
  const isAbove = ({ path }: Step): boolean => manifestPath.startsWith(`${path}/`);
  return [...files, ...directories.filter((step) => !isAbove(step)), ...record, ...directories.filter(isAbove)];
}

function fileStep(tree: Tree, { path, sha256 }: InstalledFile): Step {
  const state = fileState(tree, path);
  if (state === 'missing') {
    return leftoversOf(pathIn(tree, path)).length > 0
      ? { do: 'remove', path, why: 'was never finished' }
      : { do: 'nothing', path, why: 'is gone already' };
  }
  return state !== 'no-file' && sha256.includes(state.sha256)
    ? { do: 'remove', path, why: 'is as "dan install" put it there' }
    : { do: 'nothing', path, why: 'was changed since "dan install" put it there, and stays: it is yours to remove' };
}

// Temporary files of killed writers are removed with their file.
function directoryStep({ tree, watched, mounted }: Around, path: string, gone: Set<string>): Step {
  const left = namesOf(tree, path).filter(
    (name) => !gone.has(`${path}/${name}`) && ![...gone].some((file) => isLeftover(`${path}/${name}`, file)),
  );
  if (left.length > 0) return { do: 'nothing', path, why: `holds ${left.slice(0, 3).join(', ')}, and stays` };
  // Since 2.0, containerd stops its CRI plugin when a watched directory disappears; before, it never looks there again.
  if (watched.includes(path)) {
    return { do: 'nothing', path, why: 'stays, empty: containerd watches it, and would fail without it' };
  }
  // The kernel refuses to remove a mount point, such as a node's directory in a container that lacks its parent.
  if (mounted.includes(pathIn(tree, path))) {
    return { do: 'nothing', path, why: 'stays, empty: it is mounted here, and cannot be removed from here' };
  }
  gone.add(path);
  return { do: 'remove-directory', path, why: 'was made by "dan install", and holds nothing else' };
}
