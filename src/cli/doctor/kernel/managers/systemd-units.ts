import { namesIn, readIfThere } from '../../../../host/files.ts';
import { pathIn, type Tree } from '../../../../host/tree.ts';
import { basename, dirname } from '../../../../model/path.ts';
import { matchesPattern, readSettings, type Setting } from './ini.ts';
import { sampleTap } from './link-sample.ts';

/** A .network or .link file with its drop-ins. */
export interface NetworkUnit {
  /** As the node calls it. */
  readonly path: string;
  readonly settings: readonly Setting[];
}

/** systemd.network(5): of files of one name, that in the earliest of these counts. */
const directories = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
  '/lib/systemd/network',
];

/** Reads all files of a kind in the order in which they are tried. One that is empty, or leads to /dev/null, is masked. */
export function readUnits(tree: Tree, kind: 'link' | 'network'): readonly NetworkUnit[] {
  return effective(tree, '', `.${kind}`).flatMap((path) => {
    const text = textOf(tree, path);
    if (text === '') return [];
    const dropIns = effective(tree, `/${basename(path)}.d`, '.conf').map((one) => textOf(tree, one));
    return [{ path, settings: [text, ...dropIns].flatMap(readSettings) }];
  });
}

// The paths of the files that count, sorted by name, whatever directory each is in.
function effective(tree: Tree, below: string, suffix: string): readonly string[] {
  const byName = new Map<string, string>();
  for (const directory of directories.map((one) => `${one}${below}`)) {
    for (const name of namesIn(pathIn(tree, directory))) {
      if (name.endsWith(suffix) && !byName.has(name)) byName.set(name, `${directory}/${name}`);
    }
  }
  return [...byName.keys()].sort().map((name) => byName.get(name) ?? name);
}

function textOf(tree: Tree, path: string): string {
  const there = pathIn(tree, path);
  return dirname(there).endsWith('/dev') ? '' : (readIfThere(there) ?? '');
}

/** The file that decides about dan's links: the first whose [Match] they meet. Pure. */
export function unitOfDan(units: readonly NetworkUnit[]): NetworkUnit | undefined {
  return units.find(({ settings }) => {
    const conditions = settings.filter(({ section, value }) => section === 'Match' && value !== '');
    // One without any condition is ignored, with a warning.
    return conditions.length > 0 && conditions.every(isMet);
  });
}

function isMet({ key, value }: Setting): boolean {
  switch (key) {
    case 'Name':
    case 'OriginalName':
      return meets(value, sampleTap.name);
    case 'Type':
      return meets(value, sampleTap.type);
    case 'Kind':
      return meets(value, sampleTap.kind);
    case 'Driver':
      return meets(value, sampleTap.driver);
    // These are about the node: whether they hold is not looked at, so they are taken to.
    case 'Architecture':
    case 'Credential':
    case 'Firmware':
    case 'Host':
    case 'KernelCommandLine':
    case 'KernelVersion':
    case 'Version':
      return true;
    case 'Virtualization':
      return value !== 'container';
    // A tap has no such property: no hardware address that is known before, no path, no radio.
    default:
      return false;
  }
}

// A list of patterns; with "!" before it, none of them may match.
function meets(value: string, text: string): boolean {
  const isInverse = value.startsWith('!');
  const patterns = value.replace(/^!/, '').split(/\s+/);
  return patterns.some((pattern) => matchesPattern(pattern.replace(/^"(.*)"$/, '$1'), text)) !== isInverse;
}

/** What the last setting of a name says; undefined: nothing. Pure. */
export function settingOf({ settings }: NetworkUnit, section: string, key: string): string | undefined {
  const value = settings.findLast((setting) => setting.section === section && setting.key === key)?.value;
  return value === '' ? undefined : value;
}
