import type { Panel, Row, Series } from './monitoring.ts';

/** A panel with Prometheus's answers to its queries. */
export interface Drawn {
  readonly panel: Panel;
  readonly answers: readonly {
    readonly legend: string;
    readonly rows: readonly Row[];
    readonly series: readonly Series[];
  }[];
}

/** Pixels of a column and of a row of the dashboard's grid. */
const grid = { column: 50, row: 30 } as const;
const colours = ['#1f77b4', '#d9730d', '#2b8a3e', '#c92a2a', '#7048e8', '#0b7285', '#a61e4d', '#5c940d'] as const;
/** Labels that are the same in every row. */
const usual = new Set(['__name__', 'instance', 'job', 'sandbox']);

/** Draws the dashboard as SVG, with its own background. */
export function draw(all: readonly Drawn[]): string {
  const height = Math.max(...all.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h)) * grid.row + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1210 ${height}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="1210" height="${height}" fill="#f4f5f5"/>`,
    ...all.map(panelSvg),
    '</svg>\n',
  ].join('\n');
}

function panelSvg({ panel, answers }: Drawn): string {
  const { x, y, w, h } = panel.gridPos;
  const [width, height] = [w * grid.column - 10, h * grid.row - 10];
  const inside = { stat: statSvg, table: tableSvg, timeseries: linesSvg }[panel.type];
  return [
    `<g transform="translate(${x * grid.column + 10} ${y * grid.row + 10})">`,
    `<rect width="${width}" height="${height}" rx="3" fill="#fff" stroke="#d8d9da"/>`,
    label(10, 20, panel.title, 'font-weight="bold"'),
    inside({ panel, answers }, width, height),
    '</g>',
  ].join('\n');
}

function statSvg({ answers }: Drawn, width: number, height: number): string {
  const cells = answers.flatMap(({ legend, rows }) =>
    rows.map(({ metric, value }) => ({ name: filled(legend, metric), value: value[1] })),
  );
  const each = width / cells.length;
  return cells
    .map(({ name, value }, at) => {
      const middle = each * (at + 0.5);
      return (
        label(middle, height - 45, value, 'font-size="30" text-anchor="middle" fill="#1f77b4"') +
        label(middle, height - 18, name, 'text-anchor="middle"')
      );
    })
    .join('');
}

function tableSvg({ answers }: Drawn, width: number): string {
  const rows = answers.flatMap((answer) => answer.rows.map(({ metric }) => metric));
  const keys = [...new Set(rows.flatMap(Object.keys))].filter((key) => !usual.has(key));
  const lines = [Object.fromEntries(keys.map((key) => [key, key])), ...rows.slice(0, 8)];
  return lines
    .flatMap((line, at) =>
      keys.map((key, column) => {
        const style = at === 0 ? 'fill="#666"' : '';
        return label(10 + (column * (width - 10)) / keys.length, 46 + at * 22, line[key] ?? '', style);
      }),
    )
    .join('');
}

function linesSvg({ panel, answers }: Drawn, width: number, height: number): string {
  const all = answers.flatMap(({ legend, series }) =>
    series.map(({ metric, values }) => ({
      name: filled(legend, metric),
      points: values.map(([time, value]) => [time, Number(value)] as const).filter(([, value]) => !Number.isNaN(value)),
    })),
  );
  const times = all.flatMap(({ points }) => points.map(([time]) => time));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const highest = Math.max(0, ...all.flatMap(({ points }) => points.map(([, value]) => value)));
  const most = highest === 0 ? 1 : highest * 1.1;
  const lines = Math.ceil(all.length / 2);
  const bottom = height - 30 - lines * 16;
  const x = (time: number): number => 70 + ((time - first) / Math.max(1, last - first)) * (width - 85);
  const y = (value: number): number => bottom - (value / most) * (bottom - 36);
  const scale = [0, most / 2, most].map((value) => {
    const at = y(value).toFixed(1);
    const line = `<line x1="70" x2="${width - 15}" y1="${at}" y2="${at}" stroke="#e4e5e6"/>`;
    return (
      line + label(64, y(value) + 4, inUnit(value, panel.fieldConfig.defaults.unit), 'text-anchor="end" fill="#666"')
    );
  });
  const curves = all.map(({ points }, at) => {
    const path = points.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colourOf(at)}" stroke-width="1.5"/>`;
  });
  const legend = all.map(({ name }, at) => {
    const [left, top] = [15 + ((at % 2) * width) / 2, bottom + 34 + Math.floor(at / 2) * 16];
    return `<rect x="${left}" y="${top - 8}" width="10" height="3" fill="${colourOf(at)}"/>${label(left + 16, top, name)}`;
  });
  const ends =
    label(70, bottom + 15, '0 s', 'fill="#666"') +
    label(width - 15, bottom + 15, `${Math.round(last - first)} s`, 'text-anchor="end" fill="#666"');
  return [...scale, ...curves, ends, ...legend].join('');
}

function colourOf(at: number): string {
  return colours[at % colours.length] ?? colours[0];
}

function inUnit(value: number, unit = ''): string {
  const short = (number: number): string => String(Number(number.toPrecision(2)));
  if (unit === 's') return value < 1 ? `${short(value * 1000)} ms` : `${short(value)} s`;
  const words = { bps: 'bit/s', ops: '/s', pps: '/s' }[unit] ?? '';
  if (value >= 1e6) return `${short(value / 1e6)} M${words}`;
  return value >= 1e3 ? `${short(value / 1e3)} k${words}` : `${short(value)} ${words}`;
}

function filled(legend: string, metric: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => metric[key] ?? '');
}

function label(x: number, y: number, text: string, more = ''): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${safe}</text>`;
}
