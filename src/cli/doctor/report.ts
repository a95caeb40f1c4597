import type { Meaning, Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { wrap } from '../text/wrap.ts';
import type { Check, Finding, ReadyFile, Severity } from './finding.ts';

/** An area with what its checks found. */
export interface AskedArea {
  readonly title: string;
  readonly answers: readonly AskedCheck[];
}

interface AskedCheck {
  readonly check: Pick<Check<never>, 'id' | 'fine'>;
  readonly findings: readonly Finding[];
  /** Why the question was not asked; undefined: it was. */
  readonly unasked: string | undefined;
}

const meanings = { error: 'bad', warning: 'warning', note: 'strong' } as const satisfies Record<Severity, Meaning>;

/** Columns of a line. */
const width = 100;

/** The findings for a person: area by area, what is fine in a line each, and what is not with its cure. */
export function report(areas: readonly AskedArea[], paint: Paint): string {
  const findings = areas.flatMap(({ answers }) => answers.flatMap((answer) => answer.findings));
  const shown = new Set<string>();
  return [
    ...areas.flatMap(({ title, answers }) => [
      paint('strong', title),
      ...answers.flatMap(({ check, findings: found, unasked }) => {
        if (unasked !== undefined) return [];
        return found.length === 0
          ? [`  ${paint('good', 'ok')}       ${check.fine}`]
          : found.flatMap((finding) => describe(finding, shown, paint));
      }),
      ...notAsked(answers).map((line) => paint('faint', line)),
      '',
    ]),
    summary(findings),
    '',
  ].join('\n');
}

function describe(
  { id, severity, seen, why, cure, files = [] }: Finding,
  shown: Set<string>,
  paint: Paint,
): readonly string[] {
  return [
    `  ${paint(meanings[severity], severity.padEnd(7))}  ${told(seen).trimStart()} ${paint('faint', `[${id}]`)}`,
    told(`why: ${why}`),
    told(`${severity === 'note' ? 'know' : 'mend'}: ${cure}`),
    ...files.flatMap((file) => complete(file, shown)),
  ];
}

function told(text: string): string {
  return wrap(printable(text), width, '           ');
}

// Several findings may have one cure: a file is shown once.
function complete({ path, content }: ReadyFile, shown: Set<string>): readonly string[] {
  const key = `${path}\n${content}`;
  if (shown.has(key)) return [told(`${path}: as above`)];
  shown.add(key);
  const lines = content.trimEnd().split('\n');
  return [told(`${path}:`), ...lines.map((line) => `               ${printable(line)}`.trimEnd())];
}

// Many questions have one reason, and a node where little is used has many questions.
function notAsked(answers: readonly AskedCheck[]): readonly string[] {
  const left = answers.filter(({ unasked }) => unasked !== undefined);
  return [...Map.groupBy(left, ({ unasked }) => unasked)].map(([reason = '', checks]) => {
    const text = `not asked (${reason}): ${checks.map(({ check }) => check.id).join(', ')}`;
    return `  -        ${told(text).trimStart()}`;
  });
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  if (errors === 0 && warnings === 0)
    return `DAN pods can start on this node${notes === 0 ? '' : ` (notes: ${notes})`}.`;
  const verdict =
    errors === 0 ? 'DAN pods can start on this node, but not all is well' : 'DAN pods will fail on this node';
  return `${verdict}: errors ${errors}, warnings ${warnings}, notes ${notes}.`;
}
