import { closestMatch } from 'leven';
import type { RuleFault } from '../kinds/settings.ts';
import { danError } from '../model/error.ts';
import { firstOf } from '../model/first-of.ts';
import { type CniError, protocolError, shortened } from '../protocol/error.ts';

/** A fault of a value, or of the keys of an object. `path` leads to its place: keys, and indexes in lists. */
export type KeyFault = { readonly path: (number | string)[] } & (
  | { readonly of: 'value'; readonly value: unknown /** A clause that follows the value. */; readonly why: string }
  | { readonly of: 'unknown-keys'; readonly keys: readonly string[]; readonly known: readonly string[] }
);

/** A fault of a document. {@link faultText} makes its text only when it is needed. */
export type Fault = KeyFault | (RuleFault & { readonly of: 'rule' });

/** Characters of a value that a message quotes. */
const mostQuoted = 200;

/** What follows the key "plugins" of a whole list. A runtime never passes one, but a user who calls dan by hand may. */
const listHint =
  ' (this is a whole list; a CNI runtime passes one plugin of it, with the "cniVersion" and the "name" of the list)';

/** All faults in one sentence, with the keys as one writes them, the values and the rules. */
export function faultsText(faults: readonly Fault[]): string {
  return firstOf(faults, 'faults', faultText);
}

/** One fault as a sentence. An unknown key comes with the nearest known one. */
export function faultText(fault: Fault): string {
  if (fault.of === 'rule') return fault.text;
  const key = keyText(fault.path);
  if (fault.of === 'value') return `"${key}" ${valueText(fault.value)} ${fault.why}`;
  const where = key === '' ? '' : ` in "${key}"`;
  const { keys, known } = fault;
  return firstOf(keys, 'unknown keys', (unknown) => {
    const hint = key === '' && unknown === 'plugins' ? listHint : suggestion(unknown, known);
    return `unknown key "${shortened(unknown, mostQuoted)}"${where}${hint}`;
  });
}

/** The error with which dan refuses a configuration for a fault. */
export function errorOf(fault: Fault): RuleFault['error'] {
  return fault.of === 'rule' ? fault.error : 'invalid-configuration';
}

/** The refusal of a network configuration. It names all faults, and is `invalid-configuration` if one of them is. */
export function refusal(faults: readonly Fault[]): CniError {
  const text = faultsText(faults);
  return faults.some((fault) => errorOf(fault) === 'invalid-configuration')
    ? protocolError('invalid-configuration', `in the network configuration, ${text}`)
    : danError('prev-result-missing', text);
}

/** Characters of a word that must be the start of a known one, so that this is suggested. */
const shortestStart = 4;

/** The nearest known word, as a question to append to an unknown one; empty if none is near. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const lower = unknown.toLowerCase();
  const near =
    known.find((key) => key.toLowerCase() === lower) ??
    closestMatch(unknown, known, { maxDistance: Math.max(2, Math.ceil(unknown.length / 3)) }) ??
    (lower.length < shortestStart ? undefined : known.find((key) => key.toLowerCase().startsWith(lower)));
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

/** A place in a document in the form of `routes[0].dst`; empty for the document itself. */
export function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** A value as a message quotes it. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'is missing:';
  return shortened(JSON.stringify(value), mostQuoted);
}
