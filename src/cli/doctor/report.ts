import { printable } from '../../command/printable.ts';
import { countsOf, meanings } from '../severity.ts';
import type { Paint } from '../text/paint.ts';
import { advice, width, wrap } from '../text/wrap.ts';
import { type Answer, checkTexts, type Finding, isProblem } from './check.ts';
import type { ReadyFile } from './ready-files.ts';

/** An area with the results of its checks. */
export interface AskedArea {
  readonly title: string;
  readonly answers: readonly Answer[];
}

/** The findings for a person, area by area: a line for each check without findings, and each finding with its cure. */
export function report(areas: readonly AskedArea[], paint: Paint): string {
  const shown = new Set<string>();
  return [
    ...areas.flatMap(({ title, answers }) => [
      paint('strong', title),
      ...answers.flatMap(({ check, findings: found, unasked }) => {
        if (unasked !== undefined) return [];
        if (found.length === 0) return [`  ${paint('good', 'ok')}       ${checkTexts[check.id].fine}`];
        return found.flatMap((finding) => describe(finding, shown, paint));
      }),
      ...notAsked(answers).map((line) => paint('faint', line)),
      '',
    ]),
    summary(findingsIn(areas)),
    '',
  ].join('\n');
}

/** The errors and warnings for a person, area by area, each with its cure. */
export function reportProblems(areas: readonly AskedArea[], paint: Paint): string {
  const shown = new Set<string>();
  return [
    ...areas.flatMap((area) => {
      const problems = findingsIn([area]).filter(isProblem);
      if (problems.length === 0) return [];
      return [paint('strong', area.title), ...problems.flatMap((finding) => describe(finding, shown, paint)), ''];
    }),
    summary(findingsIn(areas)),
    '',
  ].join('\n');
}

function findingsIn(areas: readonly AskedArea[]): readonly Finding[] {
  return areas.flatMap(({ answers }) => answers.flatMap(({ findings }) => findings));
}

function describe(
  { id, severity, seen, why, cure, files = [] }: Finding,
  shown: Set<string>,
  paint: Paint,
): readonly string[] {
  return [
    `  ${paint(meanings[severity], severity.padEnd(7))}  ${wrapped(seen).trimStart()} ${paint('faint', `[${id}]`)}`,
    wrapped(`why: ${why}`),
    advice(`${severity === 'note' ? 'note' : 'fix'}: ${cure}`, '           '),
    ...files.flatMap((file) => complete(file, shown)),
  ];
}

function wrapped(text: string): string {
  return wrap(printable(text), width, '           ');
}

// Several findings may have the same cure, so a file is shown only once.
function complete({ path, content }: ReadyFile, shown: Set<string>): readonly string[] {
  const key = `${path}\n${content}`;
  if (shown.has(key)) return [wrapped(`${path}: as above`)];
  shown.add(key);
  const lines = content.trimEnd().split('\n');
  return [wrapped(`${path}:`), ...lines.map((line) => `               ${printable(line)}`.trimEnd())];
}

// Checks are grouped by reason, because a node where little is used has many that do not apply.
function notAsked(answers: readonly Answer[]): readonly string[] {
  const left = answers.filter(({ unasked }) => unasked !== undefined);
  return [...Map.groupBy(left, ({ unasked }) => unasked)].map(([reason = '', checks]) => {
    const text = `not asked (${reason}): ${checks.map(({ check }) => check.id).join(', ')}`;
    return `  -        ${wrapped(text).trimStart()}`;
  });
}

function summary(findings: readonly Finding[]): string {
  const { error, warning, note } = countsOf(findings);
  if (error === 0 && warning === 0) return `DAN pods can start on this node${note === 0 ? '' : ` (notes: ${note})`}.`;
  const verdict = error === 0 ? 'DAN pods can start on this node, with warnings' : 'DAN pods will fail on this node';
  return `${verdict}: errors ${error}, warnings ${warning}, notes ${note}.`;
}
