import { suggestion } from '../../../config/issues.ts';
import { isObject, type JsonObject } from '../../../json/object.ts';
import { supportedVersions } from '../../../protocol/version.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** The keys of a list: those of the spec, and what libcni reads besides. */
const listKeys = [
  'cniVersion',
  'cniVersions',
  'name',
  'plugins',
  'disableCheck',
  'disableGC',
  'loadOnlyInlinedPlugins',
] as const;

/** What of a network configuration libcni refuses, or a runtime stumbles over; `fileName` is empty for stdin. */
export function listRemarks(document: JsonObject, fileName: string): readonly Remark[] {
  const isList = 'plugins' in document;
  return [
    ...formRemarks(isList, fileName),
    ...nameRemarks(document['name']),
    ...versionRemarks(document),
    ...(['disableCheck', 'disableGC'] as const).flatMap((key) => switchRemarks(key, document[key])),
    ...(isList ? pluginRemarks(document['plugins']) : []),
    ...(isList ? unknownKeys(document) : []),
  ];
}

function formRemarks(isList: boolean, fileName: string): readonly Remark[] {
  const [, ending = ''] = /\.([^.]+)$/.exec(fileName) ?? [];
  const remark = remarksAt('');
  if (isList && (ending === 'conf' || ending === 'json')) {
    return [remark('error', `a runtime reads a file that ends in .${ending} as a single plugin: call it .conflist`)];
  }
  if (isList || ending !== 'conflist') return [];
  return [remark('error', 'a runtime wants a list in a file that ends in .conflist, and there is no "plugins"')];
}

// libcni's ValidateNetworkName; parseInput has the same rule for the plugin.
function nameRemarks(name: unknown): readonly Remark[] {
  const remark = remarksAt('name');
  if (name === undefined) return [remark('error', 'there is none, and no runtime takes a network without a name')];
  if (typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return [];
  return [
    remark(
      'error',
      `${JSON.stringify(name)} must start with a letter or digit and hold only letters, digits, "_", ".", "-"`,
    ),
  ];
}

function versionRemarks({ cniVersion, cniVersions }: JsonObject): readonly Remark[] {
  return [...cniVersionRemarks(cniVersion), ...cniVersionsRemarks(cniVersions)];
}

function cniVersionRemarks(cniVersion: unknown): readonly Remark[] {
  const remark = remarksAt('cniVersion');
  const spoken = `dan speaks ${supportedVersions.join(', ')}`;
  if (cniVersion === undefined) return [remark('error', `there is none, which means 0.1.0, and ${spoken}`)];
  if (!isSupported(cniVersion)) return [remark('error', `${JSON.stringify(cniVersion)} is not supported: ${spoken}`)];
  if (cniVersion !== '1.1.0') return [];
  const text =
    'containerd 1.6 and 1.7 take 1.1.0 for ADD and then fail every DEL: say "1.0.0", and "cniVersions": ["1.0.0", ' +
    '"1.1.0"] for those who know it';
  return [remark('warning', text)];
}

function cniVersionsRemarks(cniVersions: unknown): readonly Remark[] {
  const remark = remarksAt('cniVersions');
  if (cniVersions === undefined) return [];
  const isSound = Array.isArray(cniVersions) && cniVersions.every((one) => /^\d+\.\d+\.\d+$/.test(String(one)));
  if (!isSound) return [remark('error', `${JSON.stringify(cniVersions)} must be a list of versions`)];
  const unknown = cniVersions.map(String).filter((one) => !isSupported(one));
  return unknown.length === 0
    ? []
    : [remark('error', `${unknown.join(', ')}: a runtime may choose what dan does not speak`)];
}

function isSupported(version: unknown): boolean {
  return supportedVersions.some((one) => one === version);
}

function switchRemarks(key: string, value: unknown): readonly Remark[] {
  const isSound = value === undefined || typeof value === 'boolean' || value === 'true' || value === 'false';
  return isSound ? [] : [remarksAt(key)('error', `${JSON.stringify(value)} must be true or false`)];
}

function pluginRemarks(plugins: unknown): readonly Remark[] {
  if (!Array.isArray(plugins)) return [remarksAt('plugins')('error', 'it must be a list')];
  if (plugins.length === 0) return [remarksAt('plugins')('error', 'it is empty, and no runtime takes that')];
  return plugins.flatMap((plugin: unknown, at) => {
    const type = isObject(plugin) ? plugin['type'] : undefined;
    if (typeof type === 'string' && type !== '') return [];
    return [remarksAt(`plugins[${at}]`)('error', 'it has no "type": the file name of the plugin’s program')];
  });
}

function unknownKeys(document: JsonObject): readonly Remark[] {
  return Object.keys(document)
    .filter((key) => !listKeys.some((known) => known === key))
    .map((key) => {
      const near = suggestion(key, listKeys);
      return remarksAt('')(
        near === '' ? 'note' : 'warning',
        `nobody reads the key ${JSON.stringify(key)} of a list${near}`,
      );
    });
}
