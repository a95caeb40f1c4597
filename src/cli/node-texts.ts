import { addressedText } from '../attach/hidden-links.ts';
import type { PlaceFault } from '../attach/sightings/seen.ts';
import { filled } from '../model/filled.ts';
import type { Part } from '../node/attachments/standing.ts';
import { rows } from '../kinds/pod-namespace/rows.ts';
import type { ChainFault, Need } from '../node/chain.ts';
import type { ListFault, SuitableVersions } from '../node/list.ts';
import type { NetworkFault } from '../node/network-faults.ts';
import texts from './node-texts.json' with { type: 'json' };
import type { Severity } from './severity.ts';

// What was found on a node, in the words of `dan doctor`, `dan list`, `dan show` and `dan validate`.

/** A place that could not be read, as a sentence. */
export function placeFaultText({ why, ...place }: PlaceFault): string {
  return why ?? `dan did not write the record ${'file' in place ? place.file : ''}, so what it claims is not known`;
}

/** A reason for an attachment's state, in a few words. */
export function partText(part: Part): string {
  return (partTexts[part.is] as (part: Part) => string)(part);
}

const partTexts: { readonly [Is in Part['is']]: (part: Part & { readonly is: Is }) => string } = {
  'record-missing': () => 'record missing',
  'add-unfinished': () => 'ADD did not end',
  'pod-gone': () => "pod's namespace gone",
  'link-missing': ({ link }) => `${link} missing`,
  'link-hidden': ({ link }) => `the guest does not have ${addressedText(link)}`,
  'port-missing': () => 'port missing',
  'entry-missing': () => 'entry missing',
  'node-missing': () => 'device node missing',
  unread: ({ place }) => unreadTexts[place],
  'link-changed': ({ how }) => how,
  'port-failed': ({ error }) => `port in error: ${error}`,
  'entry-edited': () => 'entry edited',
};

const unreadTexts = {
  entry: 'the DAN file cannot be read',
  links: 'links cannot be read',
  port: 'the switch does not answer',
} as const;

/** The text of a fault in a list of plugins. */
export interface ChainText {
  readonly severity: Severity;
  /** What is wrong, without the place. */
  readonly seen: string;
  readonly cure: string;
}

// A fault without a text does not compile.
function textOf(name: keyof typeof texts, values: Readonly<Record<string, unknown>>): ChainText {
  const { severity, seen, cure } = (texts as Readonly<Record<keyof typeof texts, ChainText>>)[name];
  return { severity, seen: filled(seen, values), cure: filled(cure, values) };
}

/** Describes a fault in a list of plugins. Pure. */
export function chainText(fault: ChainFault): ChainText {
  if (fault.of === 'lost') return lostText(fault);
  if (fault.of === 'unfit') {
    const seen = `dan makes a ${fault.device} on the interface that ${fault.type} makes`;
    return rowText(fault.row, seen);
  }
  if (fault.of === 'no-interface') return textOf(fault.isFirst ? 'first-of-list' : fault.of, { ...fault });
  if (fault.of !== 'behind') return textOf(fault.of, { ...fault });
  const { device, need, type } = fault;
  const keys = 'keys' in need ? need.keys.join(', ') : '';
  return textOf(needName(need), { behind: `${type} comes after dan’s ${device} in the list`, keys });
}

function needName(need: Need): keyof typeof texts {
  if (need.is === 'interface' && need.keys.length > 0) return 'interface-keys';
  return need.is === 'veth' && !need.every ? 'veth-if-asked' : need.is;
}

function lostText({ device, isBefore, keys, row, type }: ChainFault & { readonly of: 'lost' }): ChainText {
  const what = keys.length === 0 ? 'changes' : `sets ${keys.join(', ')} of`;
  const lost = `${type} comes ${isBefore ? 'before' : 'behind'} dan’s ${device} in the list, and ${what} the pod’s interface or namespace`;
  if (row === 'too-late') return textOf(row, { lost, type });
  return rowText(row, lost);
}

type LostRow = Exclude<(ChainFault & { readonly of: 'lost' | 'unfit' })['row'], 'too-late'>;

// The text of a row about the contents of a pod's namespace, after `seen`.
function rowText(row: LostRow, seen: string): ChainText {
  const { verdict, why, next } = rows[row];
  return { severity: verdict === 'refused' ? 'error' : 'warning', seen: `${seen}: ${why}`, cure: next };
}

/** Describes a fault that no ADD can detect. Pure. */
export function networkText(fault: NetworkFault): ChainText {
  return textOf(fault.of, { ...fault });
}

/** Describes a fault of a list as a whole. Pure. */
export function listFaultText(fault: ListFault): ChainText {
  if (fault.of === 'check-fails') {
    return textOf(fault.of, { ...fault, mode: fault.isAvoidable ? '"mode": "passthru", or ' : '' });
  }
  const { path, type, versions = [] } = fault.plugin;
  const place = path ?? 'it is not on this node';
  if (fault.of === 'version-not-asked') return textOf(fault.of, { version: fault.version, type, place });
  const { suitable: newer, version } = fault;
  const suitable = newer === undefined ? `install a newer ${type}` : suitableText(newer);
  return textOf(fault.of, { version, program: path ?? type, known: versions.join(', '), suitable });
}

function suitableText({ cniVersion, cniVersions }: SuitableVersions): string {
  const others =
    cniVersions === undefined
      ? 'without "cniVersions"'
      : `and "cniVersions": [${cniVersions.map((version) => `"${version}"`).join(', ')}]`;
  return `say "cniVersion": "${cniVersion}" ${others}`;
}
