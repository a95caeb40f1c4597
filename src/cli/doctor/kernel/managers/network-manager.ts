import { exists, namesIn, readIfThere } from '../../../../host/files.ts';
import { findProgram } from '../../../../host/tools.ts';
import { pathIn, type Tree } from '../../../../host/tree.ts';
import { basename } from '../../../../model/path.ts';
import { matchesPattern, readSettings, type Setting } from './ini.ts';
import { sampleTap } from './link-sample.ts';

/** What NetworkManager is configured to do, its files joined in the order in which it reads them. */
export interface NetworkManager {
  readonly settings: readonly Setting[];
}

/** Looks for NetworkManager; undefined where the node has none, or it does not run on the node that this is. */
export function lookAtNetworkManager(tree: Tree): NetworkManager | undefined {
  const isThere =
    tree.root === '/'
      ? exists('/run/NetworkManager')
      : findProgram('NetworkManager', tree) !== undefined || exists(pathIn(tree, '/etc/NetworkManager'));
  if (!isThere) return undefined;
  const settings = configurationFiles(tree).flatMap((path) => readSettings(readIfThere(pathIn(tree, path)) ?? ''));
  return { settings };
}

// NetworkManager.conf(5): those of packages, those of this start, the main file, the administrator's. One of the first
// two is left out where a later directory has a file of its name.
function configurationFiles(tree: Tree): readonly string[] {
  const filesOf = (directory: string): readonly string[] =>
    namesIn(pathIn(tree, directory))
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${directory}/${name}`);
  const [ofPackages, ofThisStart, ofAdministrator] = [
    filesOf('/usr/lib/NetworkManager/conf.d'),
    filesOf('/run/NetworkManager/conf.d'),
    filesOf('/etc/NetworkManager/conf.d'),
  ];
  const without = (files: readonly string[], later: readonly string[]): readonly string[] =>
    files.filter((path) => !later.some((other) => basename(other) === basename(path)));
  return [
    ...without(ofPackages, [...ofThisStart, ...ofAdministrator]),
    ...without(ofThisStart, ofAdministrator),
    '/etc/NetworkManager/NetworkManager.conf',
    ...ofAdministrator,
  ];
}

/** Whether NetworkManager leaves dan's links alone. Pure. */
export function leavesDanAlone({ settings }: NetworkManager): boolean {
  return matchesDan(unmanagedDevices(settings)) || isUnmanagedSection(settings);
}

// A later value replaces those before it, unless it is added with "+=" or taken away with "-=".
function unmanagedDevices(settings: readonly Setting[]): readonly string[] {
  let devices: readonly string[] = [];
  for (const { section, key, value } of settings) {
    const [, mode] = /^unmanaged-devices\s*([+-]?)$/.exec(key) ?? [];
    if (section !== 'keyfile' || mode === undefined) continue;
    const listed = listOf(value);
    if (mode === '+') devices = [...devices, ...listed];
    else devices = mode === '-' ? devices.filter((device) => !listed.includes(device)) : listed;
  }
  return devices;
}

// Of several sections that match a device, the first that says whether it is managed decides.
function isUnmanagedSection(settings: readonly Setting[]): boolean {
  const names = [...new Set(settings.map(({ section }) => section))].filter((name) => /^device(?:-|$)/.test(name));
  for (const name of names) {
    const valueOf = (key: string): string | undefined =>
      settings.findLast((setting) => setting.section === name && setting.key === key)?.value;
    const [match, managed] = [valueOf('match-device'), valueOf('managed')];
    if (managed === undefined || (match !== undefined && !matchesDan(listOf(match)))) continue;
    return ['0', 'false', 'no', 'off'].includes(managed.toLowerCase());
  }
  return false;
}

function listOf(value: string): readonly string[] {
  return value.split(/[;,]/).flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
}

// Device List Format: one "except:" that matches decides, or else any other that does.
function matchesDan(devices: readonly string[]): boolean {
  const [except, plain] = [
    devices.filter((device) => device.startsWith('except:')).map((device) => device.slice('except:'.length)),
    devices.filter((device) => !device.startsWith('except:')),
  ];
  return !except.some(isDan) && plain.some(isDan);
}

function isDan(device: string): boolean {
  if (device === '*') return true;
  const [, kind, value = ''] = /^(interface-name|type|driver):(.*)$/.exec(device) ?? [];
  switch (kind) {
    case 'interface-name':
      // "=" takes the name literally, "~" is for a pattern as it is without.
      if (value.startsWith('=')) return value.slice(1) === sampleTap.name;
      return matchesPattern(value.replace(/^~/, ''), sampleTap.name);
    case 'type':
      return value === 'tun';
    case 'driver':
      return matchesPattern(value, sampleTap.driver);
    case undefined:
    default:
      return device === sampleTap.name;
  }
}
