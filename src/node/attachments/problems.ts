import type { PlaceFault } from '../../attach/sightings/seen.ts';
import { dirname, join } from '../../model/path.ts';
import type { InventoryItem } from './join.ts';
import { linksOf, portOf } from '../../kinds/kinds.ts';

/** An inconsistency of one attachment. */
export type Problem =
  | { readonly kind: 'missing-links'; readonly names: readonly string[] }
  | { readonly kind: 'missing-port'; readonly name: string; readonly database: string }
  | { readonly kind: 'missing-entry'; readonly file: string }
  | { readonly kind: 'hidden-links'; readonly links: InventoryItem['hidden'] }
  | { readonly kind: 'orphan-entry'; readonly file: string }
  | { readonly kind: 'orphan-links'; readonly links: readonly { readonly name: string; readonly netns?: string }[] }
  | { readonly kind: 'orphan-port'; readonly name: string; readonly database: string };

/**
 * The inconsistencies of an attachment: between its record and its device, its entry and the pod's namespace, or any of
 * these without a record. Pure.
 */
export function problemsOf({ record, entry, links, port, hidden }: InventoryItem): readonly Problem[] {
  if (record === undefined) {
    const seen = links.map(({ netns, link: { name } }) => ({ name, ...(netns === undefined ? {} : { netns }) }));
    return [
      ...(seen.length === 0 ? [] : [{ kind: 'orphan-links', links: seen } as const]),
      ...(entry === undefined ? [] : [{ kind: 'orphan-entry', file: entry.file } as const]),
      ...(port === undefined ? [] : [{ kind: 'orphan-port', name: port.name, database: port.database } as const]),
    ];
  }
  const { device, danConf, sandbox } = record;
  const names = linksOf(device).map(({ name }) => name);
  const missing = names.filter((name) => !links.some(({ link }) => link.name === name));
  const expected = portOf(device);
  return [
    ...(missing.length === 0 ? [] : [{ kind: 'missing-links', names: missing } as const]),
    ...(expected === undefined || port !== undefined
      ? []
      : [{ kind: 'missing-port', name: expected.name, database: expected.database } as const]),
    ...(entry === undefined ? [{ kind: 'missing-entry', file: join(danConf, `${sandbox}.json`) } as const] : []),
    ...(hidden.length === 0 ? [] : [{ kind: 'hidden-links', links: hidden } as const]),
  ];
}

/** Whether a fault leaves it unknown which links exist. Pure. */
export function isAboutLinks({ of }: PlaceFault): boolean {
  return of === 'links' || of === 'namespaces';
}

/** Whether a problem may be none, because the place that seems to lack something could not be read. Pure. */
export function isUnsure(problem: Problem, faults: readonly PlaceFault[]): boolean {
  switch (problem.kind) {
    case 'missing-links':
      return faults.some(isAboutLinks);
    case 'missing-port':
      return faults.some((fault) => fault.of === 'ovs' && fault.database === problem.database);
    case 'missing-entry':
      return faults.some(
        (fault) =>
          (fault.of === 'dan-file' && fault.file === problem.file) ||
          (fault.of === 'dan-directory' && fault.directory === dirname(problem.file)),
      );
    case 'hidden-links':
      return false;
    case 'orphan-links':
    case 'orphan-entry':
    case 'orphan-port':
      return faults.some(({ of }) => of === 'records');
    default:
      return problem satisfies never;
  }
}
