import { type FigureName, figures, written } from './figures.ts';
import { markdownTable } from './markdown.ts';
import { ratio, referenceOf, writtenRatio } from './ratio.ts';
import { type Result, type Row, type SectionName, sectionNames } from './result.ts';
import { targetTable } from './targets.ts';

const headings: Readonly<Record<SectionName, string>> = {
  size: 'The executable',
  instructions: 'Instructions in user space',
  calls: 'One call at a time',
  load: 'Many calls at once',
  growth: 'One call beside many attachments',
  packets: "A packet's way",
  hotplug: 'An interface for a sandbox that runs',
};

/** A result for readers: where and how it was measured, a table for each section, the targets. Markdown. */
export function table(result: Result): string {
  const sections = sectionNames.flatMap((section) => sectionTable(result, section));
  return [...preface(result), ...sections, ...targetTable(result), ''].join('\n');
}

function preface({ taken, commit, program, seed, rounds, machine, doubts, leftOut }: Result): readonly string[] {
  const { processor, cores, memory, kernel, versions } = machine;
  const with_ = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${program} at ${commit}, ${taken.slice(0, 10)}, ${rounds} rounds, seed ${seed}, on ${cores} x ${processor}, ` +
      `${memory}, Linux ${kernel}; ${with_.join(', ')}.`,
    '',
    ...doubts.map((doubt) => `**Not to be trusted:** ${doubt}.\n`),
    ...leftOut.map((what) => `**Left out:** ${what}.\n`),
  ];
}

function sectionTable(result: Result, section: SectionName): readonly string[] {
  const rows = result.rows.filter((row) => row.section === section);
  if (rows.length === 0) return [];
  const measured = figuresOf(rows);
  const withPrograms = rows.some(({ programs }) => programs !== undefined);
  const columns = [
    'Subject',
    'What',
    ...measured.map((figure) => `${figures[figure].title}, ${figures[figure].unit}`),
    ...(withPrograms ? ['Programs started'] : []),
    'Ratio to',
    ...measured.map((figure) => figures[figure].title),
  ];
  const cells = (row: Row): readonly string[] => [
    row.subject,
    row.what,
    ...measured.map((figure) => spread(row, figure)),
    ...(withPrograms ? [row.programs?.toString() ?? ''] : []),
    referenceName(row),
    ...measured.map((figure) => writtenRatio(ratio(row, referenceOf(result, row), figure))),
  ];
  return [`### ${headings[section]}`, '', ...markdownTable(columns, rows.map(cells), 2), ''];
}

/** The figures of any of the rows, in their usual order. */
function figuresOf(rows: readonly Row[]): readonly FigureName[] {
  const names = Object.keys(figures) as readonly FigureName[];
  return names.filter((figure) => rows.some((row) => row.figures[figure] !== undefined));
}

function spread(row: Row, figure: FigureName): string {
  const summary = row.figures[figure];
  if (summary === undefined) return '';
  const [median, p10, p90] = [summary.median, summary.p10, summary.p90].map((value) => written(figure, value));
  // One sample has no spread.
  return summary.samples === 1 ? `${median}` : `${median} (${p10} to ${p90})`;
}

function referenceName({ subject, what, against }: Row): string {
  if (against === undefined) return '';
  return against.subject === subject
    ? `its ${against.what}`
    : against.subject + (against.what === what ? '' : `, ${against.what}`);
}
