import type { Tree } from '../../host/tree.ts';
import { type InstalledFile, type Manifest, manifestPath, manifestText } from './manifest.ts';
import { fileState, type FileState, missingAbove } from './node.ts';
import type { Content, Plan, Step } from './step.ts';
import { unsafeAbove } from './unsafe-directories.ts';

/** A file that should be on the node. */
export interface Wanted {
  /** Its path on the node. */
  readonly path: string;
  readonly mode: number;
  readonly content: Content;
  readonly sha256: string;
  readonly why: string;
  /** Whether to replace an existing file that dan did not install. Otherwise it is the operator's, and stays. */
  readonly replacesForeign: boolean;
}

/** A wanted file and what to do with it; `why` gives the reason. */
interface Judged extends Wanted {
  readonly is: 'kept' | 'refused' | 'there' | 'write';
}

/**
 * The steps that put files on a node. The manifest is written first, with everything that is about to be made, so that
 * an interrupted installation can be continued or undone. If a file of an earlier installation is replaced, the
 * manifest lists both versions until the end. Throws `io-failure`.
 */
export function planFiles(tree: Tree, manifest: Manifest, files: readonly Wanted[]): Pick<Plan, 'refusals' | 'steps'> {
  const judged = files.map((wanted): Judged => {
    const installed = manifest.files.find(({ path }) => path === wanted.path);
    return { ...wanted, ...judge(wanted, fileState(tree, wanted.path), installed) };
  });
  const refusals = [
    ...unsafeAbove(tree, [manifestPath, ...files.map(({ path }) => path)]),
    ...judged.flatMap(({ is, why }) => (is === 'refused' ? [why] : [])),
  ];
  const written = judged.flatMap(({ is, path }) => (is === 'write' ? [path] : []));
  const paths = written.length > 0 ? [manifestPath, ...written] : [];
  const directories = [...new Set([...manifest.directories, ...paths.flatMap((path) => missingAbove(tree, path))])];
  const intended: Manifest = { format: 1, files: filesAfter(manifest, judged, true), directories };
  const final: Manifest = { ...intended, files: filesAfter(manifest, judged, false) };
  const steps = [
    ...recordSteps(tree, manifest, intended, 'what is installed here, for "dan uninstall"'),
    ...judged.flatMap((one) => fileSteps(tree, one)),
    ...recordSteps(tree, intended, final, 'what is installed here, now that it is'),
  ];
  return { refusals, steps: withoutRepeats(steps) };
}

/** Compares a wanted file with the existing one, and with what dan installed before. */
function judge(
  { path, sha256, mode, why, replacesForeign }: Wanted,
  state: FileState,
  installed: InstalledFile | undefined,
): Pick<Judged, 'is' | 'why'> {
  if (state === 'missing') return { is: 'write', why };
  if (state === 'no-file') return { is: 'refused', why: `${path} exists and is not a file: remove it` };
  if (state.sha256 === sha256) {
    return (state.mode & mode) === mode ? { is: 'there', why: 'is there already' } : { is: 'write', why };
  }
  if (installed?.sha256.includes(state.sha256) === true) {
    return { is: 'write', why: `${why}; replaces what "dan install" put there before` };
  }
  if (replacesForeign) {
    return { is: 'write', why: `${why}; replaces another one, which "dan uninstall" does not bring back` };
  }
  return installed === undefined
    ? { is: 'refused', why: `${path} exists, and "dan install" did not put it there: remove it if it is not needed` }
    : {
        is: 'kept',
        why: 'was changed since "dan install" put it there, and stays as it is; remove it to have it written again',
      };
}

function fileSteps(tree: Tree, { path, mode, content, is, why }: Judged): readonly Step[] {
  if (is !== 'write') return [{ do: 'nothing', path, why }];
  return [...directorySteps(tree, path), { do: 'write', path, mode, content, why }];
}

function recordSteps(tree: Tree, before: Manifest, after: Manifest, why: string): readonly Step[] {
  const text = manifestText(after);
  if (text === manifestText(before)) return [];
  const write = { do: 'write', path: manifestPath, mode: 0o600, content: { from: 'text', text }, why } as const;
  return [...directorySteps(tree, manifestPath), write];
}

function directorySteps(tree: Tree, path: string): readonly Step[] {
  return missingAbove(tree, path).map((directory) => {
    return { do: 'make-directory', path: directory, mode: 0o755, why: 'it is missing' };
  });
}

// Several files need the same directories.
function withoutRepeats(steps: readonly Step[]): readonly Step[] {
  return steps.filter(
    (step, at) =>
      step.do !== 'make-directory' || at === steps.findIndex((one) => one.do === step.do && one.path === step.path),
  );
}

// Files of earlier installations that are not wanted now stay, and remain in the manifest.
function filesAfter({ files }: Manifest, judged: readonly Judged[], isUnderWay: boolean): Manifest['files'] {
  const known = files.map((file) => {
    const one = judged.find(({ path }) => path === file.path);
    if (one === undefined || one.is === 'kept') return file;
    const before = isUnderWay && one.is === 'write' ? file.sha256 : [];
    return { path: file.path, sha256: [...new Set([one.sha256, ...before])] };
  });
  const added = judged
    .filter(({ is, path }) => is === 'write' && !files.some((file) => file.path === path))
    .map(({ path, sha256 }) => ({ path, sha256: [sha256] }));
  return [...known, ...added];
}
