import { type FigureName, figures, written } from './figures.ts';
import { markdownTable } from './markdown.ts';
import { findRow, ratio, referenceOf, writtenRatio } from './ratio.ts';
import type { Result, Row } from './result.ts';

/**
 * Two results side by side, in Markdown: medians, their ratio, and the ratio of each to its own reference. Two runs may
 * differ in more than the programs: if the machine was slower as a whole, the last two columns show it.
 */
export function comparison(a: Result, b: Result): string {
  const columns = ['Subject', 'What', 'Figure', 'A', 'B', 'B / A', 'A / its reference', 'B / its reference'];
  const rows = a.rows.flatMap((row) => {
    const other = findRow(b, row.section, row);
    return other === undefined ? [] : sideBySide(a, row, b, other);
  });
  return [
    ...[a, b].map((result, at) => `${'AB'.charAt(at)}: ${origin(result)}`),
    '',
    ...warnings(a, b),
    ...markdownTable(columns, rows, 3),
    ...onlyIn('A', a, b),
    ...onlyIn('B', b, a),
    '',
  ].join('\n');
}

function sideBySide(a: Result, row: Row, b: Result, other: Row): readonly (readonly string[])[] {
  const measured = (Object.keys(figures) as readonly FigureName[]).flatMap((figure) => {
    const [one, two] = [row.figures[figure], other.figures[figure]];
    if (one === undefined || two === undefined) return [];
    return [
      [
        row.subject,
        row.what,
        `${figures[figure].title}, ${figures[figure].unit}`,
        written(figure, one.median),
        written(figure, two.median),
        writtenRatio(ratio(other, row, figure)),
        writtenRatio(ratio(row, referenceOf(a, row), figure)),
        writtenRatio(ratio(other, referenceOf(b, other), figure)),
      ],
    ];
  });
  if (row.programs === other.programs) return measured;
  const programs = [row.programs?.toString() ?? '', other.programs?.toString() ?? ''];
  return [...measured, [row.subject, row.what, 'Programs started', ...programs, '', '', '']];
}

function origin({ program, commit, taken, rounds, seed }: Result): string {
  return `${program} at ${commit}, ${taken.slice(0, 16).replace('T', ' ')}, ${rounds} rounds, seed ${seed}  `;
}

function warnings(a: Result, b: Result): readonly string[] {
  const machines = [a, b].map(({ machine }) => JSON.stringify(machine));
  const doubts = [a, b].flatMap(({ doubts }, at) =>
    doubts.map((doubt) => `**Not to be trusted,** ${'AB'.charAt(at)}: ${doubt}.\n`),
  );
  return machines[0] === machines[1] ? doubts : ['**The machines, or what is on them, differ.**\n', ...doubts];
}

function onlyIn(name: string, one: Result, other: Result): readonly string[] {
  const rows = one.rows.filter((row) => findRow(other, row.section, row) === undefined);
  return rows.length === 0
    ? []
    : ['', `Only in ${name}: ${rows.map((row) => `${row.subject} ${row.what}`).join('; ')}.`];
}
