import { parseConfList } from '../../config/conf-list.ts';
import { isObject } from '../../json/object.ts';
import { askedTypes, type PluginVersions, versionFaults } from '../../node/list.ts';
import { listFaultText } from '../node-texts.ts';
import type { Plan } from './step.ts';

/** The text of a list to install. */
type Fitted = Pick<Plan, 'notes' | 'refusals'> & { readonly text: string };

/** The types of the other plugins in a list that get its CNI version; none if the text cannot be read. */
export function pluginsOfList(text: string): readonly string[] {
  const list = parseConfList('.conflist', text);
  return list.ok ? askedTypes(list.value.plugins) : [];
}

/**
 * A list with the CNI versions that the node's plugins know, according to their answers. It stays unchanged if they
 * know every version that it offers, and is refused if no version is known to all of them. Pure.
 */
export function withKnownVersions(text: string, asked: readonly PluginVersions[]): Fitted {
  const list = parseConfList('.conflist', text);
  if (!list.ok) return { text, notes: [], refusals: [] };
  const faults = versionFaults(list.value, asked);
  const seen = faults.map((fault) => listFaultText(fault).seen);
  const unknown = faults.find((fault) => fault.of === 'version-unknown');
  if (unknown === undefined) return { text, notes: seen, refusals: [] };
  if (unknown.suitable === undefined) return { text, notes: [], refusals: seen };
  const document: unknown = JSON.parse(text);
  const { cniVersion: _, cniVersions: _others, ...rest } = isObject(document) ? document : {};
  const said = JSON.stringify({ ...unknown.suitable, ...rest }, null, 2);
  const { cniVersion, cniVersions = [cniVersion] } = unknown.suitable;
  const written = `the list is written with CNI ${cniVersions.join(' and ')}`;
  return { text: `${said}\n`, notes: [`${seen.join('; ')}: ${written}`], refusals: [] };
}
