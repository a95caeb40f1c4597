import { type KeyFault, keyText, suggestion, valueText } from '../../../config/faults.ts';
import { anything, type Keys, keysReader, oneOf, parsed } from '../../../config/reader.ts';
import { isObject, type JsonObject } from '../../../json/object.ts';
import { accept, type Parsed, reject } from '../../../model/parsed.ts';
import { supportedVersions } from '../../../protocol/version.ts';
import { type Remark, remarksAt } from '../remark.ts';

const spoken = `dan speaks ${supportedVersions.join(', ')}`;
const onOff = oneOf([true, false, 'true', 'false'], () => 'must be true or false');

/** The keys of a list that are about the network: those of the spec, and others that libcni reads. */
const networkKeys = {
  name: { value: parsed(parseName), required: true },
  cniVersion: { value: parsed(parseVersion), required: true },
  cniVersions: { value: parsed(parseVersions) },
  disableCheck: { value: onOff },
  disableGC: { value: onOff },
} as const satisfies Keys;

const readList = keysReader({
  ...networkKeys,
  plugins: { value: anything },
  loadOnlyInlinedPlugins: { value: anything },
});
const readSingle = keysReader(networkKeys, { isForeign: () => true });

/** What libcni refuses in a network configuration, or what troubles a runtime. `fileName` is empty for stdin. */
export function listRemarks(document: JsonObject, fileName: string): readonly Remark[] {
  const isList = 'plugins' in document;
  const faults: KeyFault[] = [];
  const { cniVersion } = (isList ? readList : readSingle)(document, faults);
  return [
    ...formRemarks(isList, fileName),
    ...faults.flatMap(keyRemarks),
    ...(cniVersion === '1.1.0' ? [remarksAt('cniVersion')('warning', ofNewest)] : []),
    ...(isList ? pluginRemarks(document['plugins']) : []),
  ];
}

function formRemarks(isList: boolean, fileName: string): readonly Remark[] {
  const [, ending = ''] = /\.([^.]+)$/.exec(fileName) ?? [];
  const remark = remarksAt('');
  if (isList && (ending === 'conf' || ending === 'json')) {
    return [remark('error', `a runtime reads a file that ends in .${ending} as a single plugin: call it .conflist`)];
  }
  if (isList || ending !== 'conflist') return [];
  return [remark('error', 'a file that ends in .conflist must have a list, but there is no "plugins"')];
}

function keyRemarks(fault: KeyFault): readonly Remark[] {
  if (fault.of === 'value') {
    return [remarksAt(keyText(fault.path))('error', `${valueText(fault.value)} ${fault.why}`)];
  }
  return fault.keys.map((key) => {
    const near = suggestion(key, fault.known);
    const text = `nobody reads the key ${JSON.stringify(key)} of a list${near}`;
    return remarksAt('')(near === '' ? 'note' : 'warning', text);
  });
}

// The rule of libcni's ValidateNetworkName, and of parseInput in the plugin.
function parseName(name: unknown): Parsed<string> {
  if (name === undefined) return reject('no runtime takes a network without a name');
  return typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)
    ? accept(name)
    : reject('must start with a letter or digit and hold only letters, digits, "_", ".", "-"');
}

function parseVersion(version: unknown): Parsed<string> {
  if (version === undefined) return reject(`it is then 0.1.0, and ${spoken}`);
  return isSupported(version) ? accept(version) : reject(`is not supported: ${spoken}`);
}

function parseVersions(versions: unknown): Parsed<readonly string[]> {
  const isSound = Array.isArray(versions) && versions.every((one) => /^\d+\.\d+\.\d+$/.test(String(one)));
  if (!isSound) return reject('must be a list of versions');
  const unknown = versions.filter((one) => !isSupported(one));
  return unknown.length === 0
    ? accept(versions)
    : reject(`has ${unknown.join(', ')}, which a runtime may choose and dan does not speak`);
}

function isSupported(version: unknown): version is string {
  return supportedVersions.some((one) => one === version);
}

// Tested with containerd 1.6.20 and with libcni 1.1.2, which containerd 1.7 uses: integration/containerd,
// integration/clients.
const ofNewest =
  'containerd 1.6 and 1.7 know CNI up to 1.0.0 and fail every ADD ("unsupported CNI result version"): say "1.0.0", and ' +
  '"cniVersions": ["1.0.0", "1.1.0"] beside it if all plugins of the list know 1.1.0';

function pluginRemarks(plugins: unknown): readonly Remark[] {
  if (!Array.isArray(plugins)) return [remarksAt('plugins')('error', 'it must be a list')];
  if (plugins.length === 0) return [remarksAt('plugins')('error', 'it is empty, and no runtime takes that')];
  return plugins.flatMap((plugin: unknown, at) => {
    const type = isObject(plugin) ? plugin['type'] : undefined;
    if (typeof type === 'string' && type !== '') return [];
    return [remarksAt(`plugins[${at}]`)('error', 'it has no "type": the file name of the plugin’s program')];
  });
}
