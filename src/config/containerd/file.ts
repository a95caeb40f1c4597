import { accept, type Parsed } from '../../model/parsed.ts';
import type { JsonObject } from '../../json/object.ts';
import { mergeTables, numberIn, parseToml, tableAt, textsIn } from '../toml.ts';

/** A configuration file of containerd, main or imported. */
export interface ContainerdFile {
  /** Its `version`; a file without one is of version 1. */
  readonly version: number;
  /** Other files, as they are named: globs, relative to this file's directory. */
  readonly imports: readonly string[];
  /** Names of plugins that are switched off. */
  readonly disabled: readonly string[];
  /** The sections of its plugins, under the names that version 3 has for them. */
  readonly plugins: JsonObject;
}

/** The CRI plugin's section that says how pods run. */
export const criRuntime = 'io.containerd.cri.v1.runtime';

/** What that section was called in version 1 and 2. */
const earlierNames: readonly string[] = ['cri', 'io.containerd.grpc.v1.cri'];

/** Parses the text of a configuration file of any version. */
export function parseContainerdFile(text: string): Parsed<ContainerdFile> {
  const parsed = parseToml(text);
  if (!parsed.ok) return parsed;
  const plugins = tableAt(parsed.value, 'plugins');
  return accept({
    version: numberIn(parsed.value, 'version') ?? 1,
    imports: textsIn(parsed.value, 'imports'),
    disabled: textsIn(parsed.value, 'disabled_plugins'),
    plugins: Object.fromEntries(Object.entries(plugins).map(([name, section]) => [currentName(name), section])),
  });
}

/** Whether the CRI plugin is switched off, as in the configuration that Docker's packages bring. */
export function isCriDisabled({ disabled }: Pick<ContainerdFile, 'disabled'>): boolean {
  return disabled.some((name) => currentName(name) === criRuntime);
}

/**
 * Joins the files in the order in which containerd reads them. From 2.0 on sections are merged key by key; before, the
 * last file that has a section has it whole, and what other files say in it is lost.
 */
export function joinPlugins(files: readonly ContainerdFile[], mergesSections: boolean): JsonObject {
  return files.reduce<JsonObject>(
    (joined, { plugins }) => (mergesSections ? mergeTables(joined, plugins) : { ...joined, ...plugins }),
    {},
  );
}

function currentName(name: string): string {
  return earlierNames.includes(name) ? criRuntime : name;
}
