import { printable } from '../../command/printable.ts';
import type { Paint } from '../text/paint.ts';
import { advice, width, wrap } from '../text/wrap.ts';
import type { Plan, Step } from './step.ts';

const verbs = {
  'make-directory': 'make',
  write: 'write',
  remove: 'remove',
  'remove-directory': 'remove',
  nothing: '',
} as const satisfies Record<Step['do'], string>;

/** The outcome of a plan: only shown, done, or refused. */
export type Outcome = 'done' | 'refused' | 'shown';

/** A plan for a person: what is done and why, what needs no change, and what else to know. */
export function report({ steps, refusals, notes }: Plan, outcome: Outcome, paint: Paint): string {
  const changes = steps.filter((step) => step.do !== 'nothing');
  const others = steps.filter((step) => step.do === 'nothing');
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [paint('strong', title), ...lines, ''];
  return [
    ...section(outcome === 'shown' ? 'To be done' : 'Done', changes.flatMap(describe)),
    ...section('Nothing to do', others.flatMap(describe)),
    ...section('Refused', refusals.map(item)),
    ...section('Notes', notes.map(item)),
    summary(outcome, changes.length > 0, paint),
    '',
  ].join('\n');
}

function describe({ do: what, path, why }: Step): readonly string[] {
  const verb = what === 'nothing' ? '' : `${verbs[what].padEnd(6)}  `;
  return [`  ${verb}${printable(path)}`, wrap(printable(why), width, ' '.repeat(2 + verb.length + 2))];
}

function item(text: string): string {
  return `  - ${advice(text, '    ').trimStart()}`;
}

function summary(outcome: Outcome, changes: boolean, paint: Paint): string {
  if (outcome === 'refused') return paint('bad', 'Nothing was changed.');
  if (!changes) return paint('good', 'Nothing to do.');
  return outcome === 'done' ? paint('good', 'All is done.') : 'Nothing was changed: without --dry-run, this is done.';
}
