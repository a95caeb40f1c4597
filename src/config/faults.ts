import { closestMatch } from 'leven';
import type { RuleFault } from '../kinds/settings.ts';
import { danError } from '../model/error.ts';
import { firstOf } from '../model/first-of.ts';
import { type CniError, protocolError, shortened } from '../protocol/error.ts';

/** One thing that is wrong with a value, or with the keys of an object. `path` leads there: keys, and places in lists. */
export type KeyFault = { readonly path: (number | string)[] } & (
  | { readonly of: 'value'; readonly value: unknown /** A clause that follows the value. */; readonly why: string }
  | { readonly of: 'unknown-keys'; readonly keys: readonly string[]; readonly known: readonly string[] }
);

/** One thing that is wrong in a document. Its text is made last, by {@link faultText}. */
export type Fault = KeyFault | (RuleFault & { readonly of: 'rule' });

/** Characters of a value that a message quotes. */
const mostQuoted = 200;

/** What is wrong, in one sentence: the keys as they would be written, the values and the rules. */
export function faultsText(faults: readonly Fault[]): string {
  return firstOf(faults, 'faults', faultText);
}

/** The same of one fault. An unknown key comes with the nearest known one. */
export function faultText(fault: Fault): string {
  if (fault.of === 'rule') return fault.text;
  const key = keyText(fault.path);
  if (fault.of === 'value') return `"${key}" ${valueText(fault.value)} ${fault.why}`;
  const where = key === '' ? '' : ` in "${key}"`;
  const { keys, known } = fault;
  return firstOf(
    keys,
    'unknown keys',
    (unknown) => `unknown key "${shortened(unknown, mostQuoted)}"${where}${suggestion(unknown, known)}`,
  );
}

/** The error that a fault of a network configuration is refused with. */
export function errorOf(fault: Fault): RuleFault['error'] {
  return fault.of === 'rule' ? fault.error : 'invalid-configuration';
}

/** The refusal of a network configuration, which names all its faults: `invalid-configuration`, if one of them is that. */
export function refusal(faults: readonly Fault[]): CniError {
  const text = faultsText(faults);
  return faults.some((fault) => errorOf(fault) === 'invalid-configuration')
    ? protocolError('invalid-configuration', `in the network configuration, ${text}`)
    : danError('prev-result-missing', text);
}

/** The nearest known word, as a question to put behind an unknown one; empty where none is near. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const near = closestMatch(unknown, known, { maxDistance: Math.max(2, Math.ceil(unknown.length / 3)) });
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

/** A place in a document as it would be written, like `routes[0].dst`; empty for the document itself. */
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
