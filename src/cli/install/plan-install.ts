import type { FileState } from './file-state.ts';
import { type InstalledFile, type Manifest, manifestPath, manifestText } from './manifest.ts';
import type { Plan, Step } from './step.ts';
import { judge, type Verdict, type Wanted } from './wanted.ts';

/** What a plan of an installation goes by. */
export interface InstallView {
  readonly manifest: Manifest;
  /** The files that are to be there, in the order in which they are written. */
  readonly wanted: readonly Wanted[];
  /** What is at the path of each. */
  readonly states: ReadonlyMap<string, FileState>;
  /** The directories that are missing above each, and above the manifest, the outermost first. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** A wanted file with what becomes of it. */
interface Judged {
  readonly wanted: Wanted;
  readonly state: FileState;
  readonly verdict: Verdict;
}

/**
 * What an installation does. The manifest is written first, with everything that is about to be made: what is cut short
 * can be taken up again, or undone. Where a file of an earlier installation is replaced, it knows both until the end.
 */
export function planInstall(view: InstallView): Pick<Plan, 'refusals' | 'steps'> {
  const judged = view.wanted.map((wanted): Judged => {
    const state = view.states.get(wanted.path) ?? 'missing';
    const installed = view.manifest.files.find(({ path }) => path === wanted.path);
    return { wanted, state, verdict: judge(wanted, state, installed) };
  });
  const refusals = judged.flatMap(({ verdict }) => (verdict.is === 'refused' ? [verdict.why] : []));
  return refusals.length > 0 ? { refusals, steps: [] } : { refusals, steps: stepsFor(view, judged) };
}

function stepsFor({ manifest, missing }: InstallView, judged: readonly Judged[]): readonly Step[] {
  const made = new Set<string>();
  const directoriesFor = (path: string): readonly Step[] => {
    const all = (missing.get(path) ?? []).filter((directory) => !made.has(directory));
    for (const directory of all) made.add(directory);
    return all.map((directory) => ({ do: 'make-directory', path: directory, mode: 0o755, why: 'it is missing' }));
  };
  const writes = judged.filter(({ verdict }) => verdict.is === 'write');
  const paths = [...(writes.length > 0 ? [manifestPath] : []), ...writes.map(({ wanted }) => wanted.path)];
  const directories = [...new Set([...manifest.directories, ...paths.flatMap((path) => missing.get(path) ?? [])])];
  const intended: Manifest = { format: 1, directories, files: filesAfter(manifest, judged, true) };
  const final: Manifest = { ...intended, files: filesAfter(manifest, judged, false) };
  return [
    ...recordStep(manifest, intended, directoriesFor, 'what is installed here, for "dan uninstall"'),
    ...judged.flatMap(({ wanted, verdict }) => [
      ...(verdict.is === 'write' ? directoriesFor(wanted.path) : []),
      fileStep(wanted, verdict),
    ]),
    ...recordStep(intended, final, directoriesFor, 'what is installed here, now that it is'),
  ];
}

function fileStep({ path, mode, content }: Wanted, { is, why }: Verdict): Step {
  return is === 'write' ? { do: 'write', path, mode, content, why } : { do: 'nothing', path, why };
}

function recordStep(
  before: Manifest,
  after: Manifest,
  directoriesFor: (path: string) => readonly Step[],
  why: string,
): readonly Step[] {
  const text = manifestText(after);
  if (text === manifestText(before)) return [];
  const write = { do: 'write', path: manifestPath, mode: 0o600, content: { from: 'text', text }, why } as const;
  return [...directoriesFor(manifestPath), write];
}

// Files of earlier installations that are not asked for now stay where they are, and known.
function filesAfter({ files }: Manifest, judged: readonly Judged[], isUnderWay: boolean): readonly InstalledFile[] {
  const known = files.map((file) => {
    const one = judged.find(({ wanted }) => wanted.path === file.path);
    if (one === undefined || one.verdict.is === 'kept') return file;
    const before = isUnderWay && one.verdict.is === 'write' ? file.sha256 : [];
    return { path: file.path, sha256: [...new Set([one.wanted.sha256, ...before])] };
  });
  const added = judged
    .filter(({ wanted, verdict }) => verdict.is === 'write' && !files.some(({ path }) => path === wanted.path))
    .map(({ wanted: { path, sha256 } }) => ({ path, sha256: [sha256] }));
  return [...known, ...added];
}
