import { sha256 } from '#bytes';
import { join } from '../../model/path.ts';
import { version } from '../about.ts';
import { resolvedIn } from '../../node/paths.ts';
import { fileState, missingAbove } from './file-state.ts';
import { dropInFor } from './kata-drop-in.ts';
import { type InstalledFile, type Manifest, manifestPath } from './manifest.ts';
import { type NetworkList, readNetworkList, usualDanConf } from './network-list.ts';
import { type InstallNode, namesOf } from './node.ts';
import { planInstall } from './plan-install.ts';
import type { InstallQuestion } from './question.ts';
import { configurationName, findConfDir, type SettledConfDir, settleConfDir } from './settle-conf-dir.ts';
import type { Content, Plan, Step } from './step.ts';
import type { Wanted } from './wanted.ts';

/** What is wanted for one purpose, and what stands in its way. */
interface Part extends Pick<Plan, 'notes' | 'refusals'> {
  readonly wanted: readonly Wanted[];
  /** What is as it should be, without a file of dan's. */
  readonly standing: readonly Step[];
}

const nothing: Part = { wanted: [], standing: [], refusals: [], notes: [] };

/**
 * Plans an installation: the executable, then what Kata needs, then the network configuration, so that a runtime that
 * sees it finds all the rest. `executableSha256` is that of the executable. Looks at files, changes none. Throws
 * `io-failure`.
 */
export function planFor(question: InstallQuestion, node: InstallNode, executableSha256: string): Plan {
  const { manifest } = node;
  if (manifest === 'unreadable') {
    return {
      steps: [],
      notes: [],
      refusals: [`${manifestPath} is not what this dan writes: remove it, and dan forgets what it installed`],
    };
  }
  const network = networkPart(question, node);
  const parts = [
    executablePart(question.binDir ?? node.binDir, executableSha256),
    kataPart(question, node, unchanged(question, manifest), network.list),
    network.part,
  ];
  const wanted = parts.flatMap((part) => part.wanted);
  const paths = wanted.map(({ path }) => path);
  const { tree } = question;
  const { steps, refusals } = planInstall({
    manifest,
    wanted,
    states: new Map(paths.map((path) => [path, fileState(tree, path)])),
    missing: new Map([manifestPath, ...paths].map((path) => [path, missingAbove(tree, path)])),
  });
  const allRefusals = [...parts.flatMap((part) => part.refusals), ...refusals];
  return {
    refusals: allRefusals,
    steps: allRefusals.length > 0 ? [] : [...steps, ...parts.flatMap((part) => part.standing)],
    notes: parts.flatMap((part) => part.notes),
  };
}

// What was changed since is the operator's.
function unchanged({ tree }: InstallQuestion, { files }: Manifest): readonly InstalledFile[] {
  return files.filter(({ path, sha256 }) => {
    const state = fileState(tree, path);
    return typeof state === 'object' && sha256.includes(state.sha256);
  });
}

function executablePart(binDir: string, sha256: string): Part {
  const why = `the plugin, dan ${version}`;
  const content: Content = { from: 'executable' };
  return {
    ...nothing,
    wanted: [{ path: join(binDir, 'dan'), mode: 0o755, content, sha256, why, replacesForeign: true }],
  };
}

function kataPart(
  { kataConfig }: InstallQuestion,
  { kata }: InstallNode,
  installed: readonly InstalledFile[],
  { danConf }: NetworkList,
): Part {
  if (danConf === undefined) {
    return {
      ...nothing,
      notes: ['the configuration takes dan_conf from its "kataConfig": Kata’s own configuration stays as it is'],
    };
  }
  if (kata.length === 0) {
    const missing = `no Kata configuration was found${kataConfig === undefined ? ' in the places where Kata looks' : ` at ${kataConfig}`}`;
    const told = `${missing}: Kata has to look for DAN files in ${danConf}, by dan_conf in [runtime]`;
    return kataConfig === undefined
      ? { ...nothing, notes: [told] }
      : { ...nothing, refusals: [`${missing}: correct --kata-config`] };
  }
  const dropIns = kata.map((place) => dropInFor(place, danConf, installed));
  return {
    ...nothing,
    wanted: dropIns.flatMap((one) => (one.is === 'wanted' ? [textFile(one.path, one.text, one.why)] : [])),
    standing: dropIns.flatMap((one) =>
      one.is === 'so-already' ? [{ do: 'nothing', path: one.path, why: one.why }] : [],
    ),
    refusals: dropIns.flatMap((one) => (one.is === 'refused' ? [one.why] : [])),
  };
}

function networkPart(question: InstallQuestion, node: InstallNode): { part: Part; list: NetworkList } {
  const { configuration, confDir: asked, tree } = question;
  if (configuration === undefined) return { part: nothing, list: usualDanConf };
  const { name, text, notes } = configuration;
  const parsed = readNetworkList(text);
  const list = parsed.ok ? parsed.value : usualDanConf;
  const refusals = [
    ...(parsed.ok ? [] : [`the configuration ${name} ${parsed.why}`]),
    ...(node.containerd?.faults ?? []).map((fault) => `${fault}: who would get the configuration cannot be told`),
  ];
  const found = findConfDir(asked, node);
  const settled = 'refusal' in found ? found : settle(found.path);
  if ('refusal' in settled) return { part: { ...nothing, refusals: [...refusals, settled.refusal] }, list };
  const wanted = textFile(join(settled.path, configurationName), text, `the network configuration ${name}`);
  return { part: { ...nothing, wanted: [wanted], refusals, notes: [...notes, ...settled.notes] }, list };

  function settle(path: string): SettledConfDir {
    const resolved = resolvedIn(tree, path);
    return settleConfDir(question, node, { path: resolved, names: namesOf(tree, resolved) });
  }
}

function textFile(path: string, text: string, why: string): Wanted {
  const content: Content = { from: 'text', text };
  return { path, mode: 0o644, content, sha256: sha256(text), why, replacesForeign: false };
}
