import { sha256 } from '#bytes';
import type { Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { accept } from '../../model/parsed.ts';
import { resolvedIn } from '../../node/paths.ts';
import { version } from '../about.ts';
import { choices, configurationName, confDirNotes, findConfDir, sharedBy } from './conf-dir.ts';
import { dropInFor } from './kata-drop-in.ts';
import { type InstalledFile, type Manifest, manifestPath, readManifest } from './manifest.ts';
import { readNetworkList, usualDanConf } from './network-list.ts';
import { fileState, type InstallNode, namesOf } from './node.ts';
import { planFiles, type Wanted } from './plan-files.ts';
import type { InstallQuestion } from './question.ts';
import { type Plan, refuse, type Step } from './step.ts';

/** What is wanted for one purpose, and what prevents it. */
interface Part extends Pick<Plan, 'notes' | 'refusals'> {
  readonly wanted: readonly Wanted[];
  /** What is already as it should be, without a file of dan's. */
  readonly done: readonly Step[];
}

const nothing: Part = { wanted: [], done: [], refusals: [], notes: [] };

/**
 * Plans an installation: the executable, then what Kata needs, then the network configuration, so that a runtime that
 * sees the configuration finds all the rest. `executable` is the SHA-256 of the executable. Looks at files, changes none.
 * Throws `io-failure`.
 */
export function planInstall(question: InstallQuestion, node: InstallNode, executable: string): Plan {
  const { tree, configuration, binDir = node.binDir } = question;
  const manifest = readManifest(tree);
  if (manifest === 'unreadable') {
    return refuse(`${manifestPath} is not what this dan writes: remove it, and dan forgets what it installed`);
  }
  const list = configuration === undefined ? accept(usualDanConf) : readNetworkList(configuration.text);
  const { danConf } = list.ok ? list.value : usualDanConf;
  const parts = [
    executablePart(binDir, executable),
    danConf === undefined
      ? {
          ...nothing,
          notes: ['the configuration takes dan_conf from its "kataConfig"; Kata’s own configuration stays as it is'],
        }
      : kataPart(question, node, unchanged(tree, manifest), danConf),
    networkPart(question, node, list.ok ? [] : [`the configuration ${configuration?.name ?? ''} ${list.why}`]),
  ];
  const files = planFiles(
    tree,
    manifest,
    parts.flatMap(({ wanted }) => wanted),
  );
  const refusals = [...parts.flatMap((part) => part.refusals), ...files.refusals];
  return {
    refusals,
    steps: refusals.length > 0 ? [] : [...files.steps, ...parts.flatMap(({ done }) => done)],
    notes: parts.flatMap(({ notes }) => notes),
  };
}

// What was changed since is the operator's.
function unchanged(tree: Tree, { files }: Manifest): readonly InstalledFile[] {
  return files.filter(({ path, sha256: written }) => {
    const state = fileState(tree, path);
    return typeof state === 'object' && written.includes(state.sha256);
  });
}

function executablePart(binDir: string, sha256: string): Part {
  const file = { path: join(binDir, 'dan'), mode: 0o755, content: { from: 'executable' }, sha256 } as const;
  return { ...nothing, wanted: [{ ...file, why: `the plugin, dan ${version}`, replacesForeign: true }] };
}

function kataPart(
  { kataConfig }: InstallQuestion,
  { kata }: InstallNode,
  installed: readonly InstalledFile[],
  danConf: string,
): Part {
  if (kata.length === 0 && kataConfig !== undefined) {
    return { ...nothing, refusals: [`there is no Kata configuration at ${kataConfig}: correct --kata-config`] };
  }
  if (kata.length === 0) {
    const note = `dan found no Kata configuration in the places where Kata looks: set dan_conf = "${danConf}" in [runtime] of the one that Kata uses`;
    return { ...nothing, notes: [note] };
  }
  const dropIns = kata.map((place) => dropInFor(place, danConf, installed));
  return {
    ...nothing,
    wanted: dropIns.flatMap((one) => (one.is === 'wanted' ? [textFile(one.path, one.text, one.why)] : [])),
    done: dropIns.flatMap((one) => (one.is === 'done' ? [{ do: 'nothing', path: one.path, why: one.why }] : [])),
    refusals: dropIns.flatMap((one) => (one.is === 'refused' ? [one.why] : [])),
  };
}

function networkPart(question: InstallQuestion, node: InstallNode, faults: readonly string[]): Part {
  const { configuration, confDir: asked, shared, tree } = question;
  if (configuration === undefined) return nothing;
  const refusals = [
    ...faults,
    ...(node.containerd?.faults ?? []).map((fault) => `${fault}: dan cannot find out who would get the configuration`),
  ];
  const found = asked === undefined ? findConfDir(node) : { path: asked };
  if ('refusal' in found) return { ...nothing, refusals: [...refusals, found.refusal] };
  const path = resolvedIn(tree, found.path);
  const confDir = { path, names: namesOf(tree, path) };
  const reasons = sharedBy(confDir, node.handlers);
  if (reasons.length > 0 && !shared) {
    const refusal =
      `${path} is not for Kata’s pods alone: ${reasons.join('; ')}. Install into a directory of its own, or with --shared, ` +
      `and then ${choices(confDir, node.handlers).join('; ')}`;
    return { ...nothing, refusals: [...refusals, refusal] };
  }
  const { name, text, notes } = configuration;
  const file = textFile(join(path, configurationName), text, `the network configuration ${name}`);
  return { ...nothing, wanted: [file], refusals, notes: [...notes, ...confDirNotes(confDir, node)] };
}

function textFile(path: string, text: string, why: string): Wanted {
  return { path, mode: 0o644, content: { from: 'text', text }, sha256: sha256(text), why, replacesForeign: false };
}
