import { sha256 } from '#bytes';
import { defaultDanConf } from '../../attach/directories.ts';
import { settle } from '../../attach/settings.ts';
import { parseConfList, typeOf } from '../../config/conf-list.ts';
import { readWithoutPod } from '../../config/network.ts';
import type { Tree } from '../../host/tree.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { join } from '../../model/path.ts';
import { type KataConfigFile, ownDropIn } from '../../node/kata.ts';
import { resolvedIn } from '../../node/paths.ts';
import { messageOf } from '../../json/thrown.ts';
import { version } from '../about.ts';
import { choices, configurationName, confDirNotes, findConfDir, sharedBy } from './conf-dir.ts';
import { withKnownVersions } from './known-versions.ts';
import { type InstalledFile, type Manifest, manifestPath, readManifest } from './manifest.ts';
import { fileState, type InstallNode, namesOf } from './node.ts';
import { planFiles, type Wanted } from './plan-files.ts';
import type { InstallQuestion } from './question.ts';
import { type Plan, refuse, type Step } from './step.ts';

/** The wanted files for one purpose, and what prevents them. */
interface Part extends Pick<Plan, 'notes' | 'refusals'> {
  readonly wanted: readonly Wanted[];
  /** What is already right without a file of dan's. */
  readonly done: readonly Step[];
}

const nothing: Part = { wanted: [], done: [], refusals: [], notes: [] };

/**
 * Plans an installation: the executable, then what Kata needs, then the network configuration, so that a runtime that
 * sees the configuration finds everything else. `executable` is the SHA-256 of the executable. Only reads files. Throws
 * `io-failure`.
 */
export function planInstall(question: InstallQuestion, node: InstallNode, executable: string): Plan {
  const { tree, configuration, binDir = node.binDir } = question;
  const manifest = readManifest(tree);
  if (manifest === 'unreadable') {
    return refuse(`${manifestPath} is not what this dan writes: remove it, and dan forgets what it installed`);
  }
  const danConf = configuration === undefined ? accept(defaultDanConf) : danConfOfList(configuration.text);
  const parts = [
    executablePart(binDir, executable),
    ...kataParts(question, node, unchanged(tree, manifest), danConf.ok ? danConf.value : defaultDanConf),
    networkPart(question, node, danConf.ok ? [] : [`the configuration ${configuration?.name ?? ''} ${danConf.why}`]),
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

/**
 * The directory in which the plugin `dan` of a `.conflist` writes DAN files, according to the plugin's own code.
 * undefined if the list takes it from a Kata configuration, which is not read here: it may be on another system. A list
 * without `dan` is refused.
 */
export function danConfOfList(text: string): Parsed<string | undefined> {
  const list = parseConfList('.conflist', text);
  if (!list.ok) return list;
  const { name, cniVersion, plugins } = list.value;
  try {
    const configs = plugins
      .filter((plugin) => typeOf(plugin) === 'dan')
      .map((plugin) => readWithoutPod({ cniVersion, name, ...plugin }));
    for (const config of configs) settle({ ...config, kataConfig: undefined });
    const [first] = configs;
    if (first === undefined) return reject('has no plugin of type "dan"');
    return accept(first.danConf ?? (first.kataConfig === undefined ? defaultDanConf : undefined));
  } catch (error) {
    return reject(`cannot be used: ${messageOf(error)}`);
  }
}

// Files that were changed since are the operator's.
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

function kataParts(
  { kataConfig }: InstallQuestion,
  { kata }: InstallNode,
  installed: readonly InstalledFile[],
  danConf: string | undefined,
): readonly Part[] {
  if (danConf === undefined) {
    return [noted('the configuration takes dan_conf from its "kataConfig"; Kata’s own configuration stays as it is')];
  }
  if (kata.length > 0) return kata.map((file) => dropInPart(file, danConf, installed));
  return kataConfig === undefined
    ? [
        noted(
          `dan found no Kata configuration in the places where Kata looks: set dan_conf = "${danConf}" in [runtime] of the ` +
            'one that Kata uses',
        ),
      ]
    : [refused(`there is no Kata configuration at ${kataConfig}: correct --kata-config`)];
}

// What a Kata configuration needs to look for DAN files in `danConf`. dan's own earlier drop-in is written again. A
// value that someone else chose has a reason that dan does not know.
function dropInPart(file: KataConfigFile, danConf: string, installed: readonly InstalledFile[]): Part {
  const { resolved: path, fault, settings } = file;
  const current = settings.danConf;
  const dropIn = ownDropIn(file);
  const isOurs = installed.some((one) => one.path === dropIn);
  if (fault !== undefined)
    return refused(`${fault}: correct it, or name another Kata configuration with --kata-config`);
  if (current === danConf) {
    const why = `Kata already looks for DAN files in ${danConf}`;
    return { ...nothing, done: [{ do: 'nothing', path: isOurs ? dropIn : path, why }] };
  }
  if (current !== undefined && !isOurs) {
    return refused(
      `${path} makes Kata look for DAN files in ${current}, but dan would write them to ${danConf}: correct its ` +
        `"dan_conf", or install a configuration with "danConf": "${current}"`,
    );
  }
  const text =
    '# Where dan writes the files that Kata reads. Written by "dan install"; "dan uninstall" removes it.\n' +
    `[runtime]\ndan_conf = ${JSON.stringify(danConf)}\n`;
  const reason = current === undefined ? 'has no dan_conf' : `says ${current}`;
  return {
    ...nothing,
    wanted: [textFile(dropIn, text, `makes Kata look for DAN files in ${danConf}; ${path} ${reason}`)],
  };
}

function networkPart(question: InstallQuestion, node: InstallNode, faults: readonly string[]): Part {
  const { configuration, confDir: asked, shared, tree } = question;
  if (configuration === undefined) return nothing;
  const refusals = [
    ...faults,
    ...(node.containerd?.faults ?? []).map((fault) => `${fault}: dan cannot find out who would get the configuration`),
  ];
  const found = asked === undefined ? findConfDir(node) : accept(asked);
  if (!found.ok) return refused(...refusals, found.why);
  const path = resolvedIn(tree, found.value);
  const confDir = { path, names: namesOf(tree, path) };
  const reasons = sharedBy(confDir, node.handlers);
  if (reasons.length > 0 && !shared) {
    return refused(
      ...refusals,
      `${path} is not for Kata’s pods alone: ${reasons.join('; ')}. Install into a directory of its own, or with --shared, ` +
        `and then ${choices(confDir, node.handlers).join('; ')}`,
    );
  }
  const { name, notes } = configuration;
  const fitted = withKnownVersions(configuration.text, node.plugins);
  const file = textFile(join(path, configurationName), fitted.text, `the network configuration ${name}`);
  return {
    ...nothing,
    wanted: [file],
    refusals: [...refusals, ...fitted.refusals],
    notes: [...notes, ...fitted.notes, ...confDirNotes(confDir, node)],
  };
}

function textFile(path: string, text: string, why: string): Wanted {
  return { path, mode: 0o644, content: { from: 'text', text }, sha256: sha256(text), why, replacesForeign: false };
}

function noted(note: string): Part {
  return { ...nothing, notes: [note] };
}

function refused(...refusals: readonly string[]): Part {
  return { ...nothing, refusals };
}
