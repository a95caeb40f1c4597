import { besideName, present, sizeNames, subjects, togetherName } from '../subjects.ts';
import { type FigureName, figures, written } from './figures.ts';
import { markdownTable } from './markdown.ts';
import { findRow, ratio, writtenRatio } from './ratio.ts';
import type { Result, RowName, SectionName } from './result.ts';

/** The upper limit of a figure. */
interface Target {
  readonly section: SectionName;
  readonly row: RowName;
  /** The row of the same run by which the figure is divided; left out if the figure itself counts, in its unit. */
  readonly against?: RowName;
  readonly figure: FigureName;
  readonly atMost: number;
}

const { dan, hostTap, hostTapIpam, tcfilterHost, macvtap, bridge, bridgeIpam } = subjects;

/** The same operation of another subject. */
const call = (what: string, subject: string, reference: string, figure: FigureName, atMost: number): Target => ({
  section: 'calls',
  row: { subject, what },
  against: { subject: reference, what },
  figure,
  atMost,
});

const together = (command: 'ADD' | 'DEL', atMost: number): Target => ({
  ...call(togetherName(command), hostTapIpam, bridgeIpam, 'wall', atMost),
  section: 'load',
});

const size = (what: string, atMost: number): Target => ({
  section: 'size',
  row: { subject: dan, what },
  figure: 'size',
  atMost,
});

const targets: readonly Target[] = [
  call('ADD', hostTap, bridge, 'wall', 0.65),
  call('ADD', hostTapIpam, bridgeIpam, 'wall', 0.75),
  call('ADD', tcfilterHost, bridge, 'wall', 1),
  call('ADD', macvtap, bridge, 'wall', 1),
  call('DEL', hostTap, bridge, 'wall', 1),
  call('DEL', hostTap, bridge, 'cpu', 0.5),
  // Without an IPAM plugin, `bridge` does not support CHECK.
  call('CHECK', hostTap, bridgeIpam, 'wall', 0.5),
  call('VERSION', dan, bridge, 'wall', 0.25),
  together('ADD', 0.8),
  together('DEL', 0.85),
  {
    section: 'growth',
    row: { subject: hostTap, what: besideName('ADD', present[2]) },
    against: { subject: hostTap, what: besideName('ADD', present[0]) },
    figure: 'wall',
    atMost: 1.15,
  },
  { section: 'calls', row: { subject: hostTap, what: 'ADD' }, figure: 'peak', atMost: 5 },
  { section: 'instructions', row: { subject: hostTap, what: 'ADD' }, figure: 'instructions', atMost: 8 },
  size(sizeNames.file, 5),
  size(sizeNames.packed, 1.5),
];

/** A table in Markdown of the targets that were measured, and whether dan meets them. */
export function targetTable(result: Result): readonly string[] {
  const rows = targets.flatMap((target) => {
    const value = measured(result, target);
    if (value === undefined) return [];
    const { row, against, figure, atMost } = target;
    const name = ({ subject, what }: RowName): string => `${subject}, ${what}`;
    const { title, unit } = figures[figure];
    const what = against === undefined ? ['', `${title}, ${unit}`] : [name(against), title];
    const shown = (number: number): string => (against === undefined ? written(figure, number) : writtenRatio(number));
    return [[name(row), ...what, shown(value), shown(atMost), value <= atMost ? 'yes' : 'no']];
  });
  if (rows.length === 0) return [];
  const columns = ['Subject', 'Ratio to', 'Figure', 'Measured', 'At most', 'Met'];
  return ['### Targets', '', ...markdownTable(columns, rows, 3)];
}

/** The value to compare with the target: a ratio or a figure. Undefined if it was not measured. */
function measured(result: Result, { section, row, against, figure }: Target): number | undefined {
  const found = findRow(result, section, row);
  return against === undefined
    ? found?.figures[figure]?.median
    : ratio(found, findRow(result, section, against), figure);
}
