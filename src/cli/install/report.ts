import type { Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { wrap } from '../text/wrap.ts';
import { changes, type Plan, type Step } from './step.ts';

/** Columns of a line. */
const width = 100;

const verbs = {
  'make-directory': 'make',
  write: 'write',
  remove: 'remove',
  'remove-directory': 'remove',
  nothing: '',
} as const satisfies Record<Step['do'], string>;

/** What became of a plan: it was only to be shown, it is done, or it was refused. */
export type Outcome = 'done' | 'refused' | 'shown';

/** A plan for a person: what is done and why, what needs nothing, and what is left to know. */
export function report(plan: Plan, outcome: Outcome, paint: Paint): string {
  const { steps, refusals, notes } = plan;
  const done = steps.filter((step) => step.do !== 'nothing');
  const still = steps.filter((step) => step.do === 'nothing');
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [paint('strong', title), ...lines, ''];
  return [
    ...section(outcome === 'shown' ? 'To be done' : 'Done', done.flatMap(describe)),
    ...section('Nothing to do', still.flatMap(describe)),
    ...section('Refused', refusals.flatMap(item)),
    ...section('Know', notes.flatMap(item)),
    summary(plan, outcome, paint),
    '',
  ].join('\n');
}

function describe({ do: what, path, why }: Step): readonly string[] {
  const verb = what === 'nothing' ? '' : `${verbs[what].padEnd(6)}  `;
  return [`  ${verb}${printable(path)}`, wrap(printable(why), width, ' '.repeat(2 + verb.length + 2))];
}

// Lines of a text are its own; a line that is indented is to be copied as it stands.
function item(text: string): readonly string[] {
  return text.split('\n').map((line, at) => {
    if (/^\s/.test(line)) return `    ${printable(line)}`;
    const wrapped = wrap(printable(line), width, '    ');
    return at === 0 ? `  - ${wrapped.trimStart()}` : wrapped;
  });
}

function summary(plan: Plan, outcome: Outcome, paint: Paint): string {
  switch (outcome) {
    case 'refused':
      return paint('bad', 'Nothing was changed.');
    case 'shown':
      return changes(plan) ? 'Nothing was changed: without --dry-run, this is done.' : paint('good', 'Nothing to do.');
    case 'done':
      return paint('good', changes(plan) ? 'All is done.' : 'Nothing to do.');
    default:
      return outcome satisfies never;
  }
}
