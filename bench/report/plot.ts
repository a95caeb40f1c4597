import { type FigureName, figures, written } from './figures.ts';
import { type Result, type Row, sectionNames } from './result.ts';

const layout = { width: 860, labels: 290, bars: 460, line: 22, title: 34, margin: 16 } as const;

/** The figures with a picture. The others are only in the table. */
const drawn: readonly FigureName[] = ['wall', 'frame'];

/** A picture: one figure of all subjects that did the same. */
interface Panel {
  readonly title: string;
  readonly figure: FigureName;
  readonly rows: readonly Row[];
}

/** A result as a picture: a bar for each median, with a line from p10 to p90. SVG. */
export function plot(result: Result): string {
  const drawings: string[] = [];
  let y = layout.margin;
  for (const panel of panels(result)) {
    drawings.push(drawPanel(panel, y));
    y += heightOf(panel);
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${layout.width}" height="${y}" viewBox="0 0 ${layout.width} ${y}" ` +
      'font-family="sans-serif" font-size="12">',
    '<rect width="100%" height="100%" fill="white"/>',
    ...drawings,
    '</svg>',
    '',
  ].join('\n');
}

function panels({ rows }: Result): readonly Panel[] {
  return sectionNames.flatMap((section) => {
    const inSection = rows.filter((row) => row.section === section);
    const whats = [...new Set(inSection.map(({ what }) => what))];
    return whats.flatMap((what) =>
      drawn.flatMap((figure) => {
        const alike = inSection.filter((row) => row.what === what && row.figures[figure] !== undefined);
        const { title, unit } = figures[figure];
        return alike.length === 0 ? [] : [{ title: `${what}: ${title}, ${unit}`, figure, rows: alike }];
      }),
    );
  });
}

function heightOf({ rows }: Panel): number {
  return layout.title + rows.length * layout.line + layout.margin;
}

function drawPanel({ title, figure, rows }: Panel, top: number): string {
  const most = Math.max(...rows.map((row) => row.figures[figure]?.p90 ?? 0));
  const scale = most > 0 ? layout.bars / most : 0;
  const heading = `<text x="${layout.margin}" y="${top + 20}" font-weight="bold">${escaped(title)}</text>`;
  const bars = rows.map((row, at) => drawRow(row, figure, top + layout.title + at * layout.line, scale));
  return [heading, ...bars].join('\n');
}

function drawRow(row: Row, figure: FigureName, top: number, scale: number): string {
  const summary = row.figures[figure];
  if (summary === undefined) return '';
  const [x, middle] = [layout.margin + layout.labels, top + layout.line / 2];
  const at = (value: number): string => (x + value * scale).toFixed(1);
  const color = row.subject.startsWith('dan') ? '#2f6db5' : '#b9bec6';
  return [
    `<text x="${layout.margin}" y="${middle + 4}">${escaped(row.subject)}</text>`,
    `<rect x="${x}" y="${top + 3}" width="${(summary.median * scale).toFixed(1)}" height="${layout.line - 6}" fill="${color}"/>`,
    `<line x1="${at(summary.p10)}" x2="${at(summary.p90)}" y1="${middle}" y2="${middle}" stroke="#222"/>`,
    `<text x="${x + layout.bars + 8}" y="${middle + 4}">${written(figure, summary.median)}</text>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
