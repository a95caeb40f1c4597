import { besideName, subjects, togetherName } from '../subjects.ts';
import { type FigureName, figures } from './figures.ts';
import { markdownTable } from './markdown.ts';
import { findRow, ratio, writtenRatio } from './ratio.ts';
import type { Result, RowName, SectionName } from './result.ts';

/** What a ratio may be at most. */
interface Target {
  readonly section: SectionName;
  readonly row: RowName;
  readonly against: RowName;
  readonly figure: FigureName;
  readonly atMost: number;
}

const { dan, hostTap, hostTapIpam, bridge, bridgeIpam, empty } = subjects;

/** The same thing done by another. */
const call = (what: string, subject: string, reference: string, figure: FigureName, atMost: number): Target => ({
  section: 'calls',
  row: { subject, what },
  against: { subject: reference, what },
  figure,
  atMost,
});

const targets: readonly Target[] = [
  call('ADD', hostTap, bridge, 'wall', 1.2),
  call('ADD', hostTapIpam, bridgeIpam, 'wall', 1),
  call('DEL', hostTap, bridge, 'wall', 1),
  call('DEL', hostTap, bridge, 'cpu', 1.2),
  call('DEL', hostTapIpam, bridgeIpam, 'wall', 1),
  call('DEL', hostTapIpam, bridgeIpam, 'cpu', 1.2),
  call('VERSION', dan, bridge, 'wall', 3),
  call('VERSION', dan, empty, 'wall', 1.2),
  { ...call(togetherName('ADD'), hostTapIpam, bridgeIpam, 'wall', 1.2), section: 'load' },
  {
    section: 'growth',
    row: { subject: hostTap, what: besideName('ADD', 1000) },
    against: { subject: hostTap, what: besideName('ADD', 1) },
    figure: 'wall',
    atMost: 1.2,
  },
];

/** What dan has to reach, and whether it does: a table in Markdown of the targets that were measured. */
export function targetTable(result: Result): readonly string[] {
  const rows = targets.flatMap(({ section, row, against, figure, atMost }) => {
    const value = ratio(findRow(result, section, row), findRow(result, section, against), figure);
    if (value === undefined) return [];
    const name = ({ subject, what }: RowName): string => `${subject}, ${what}`;
    const met = value <= atMost ? 'yes' : 'no';
    return [[name(row), name(against), figures[figure].title, writtenRatio(value), writtenRatio(atMost), met]];
  });
  if (rows.length === 0) return [];
  return ['### Targets', '', ...markdownTable(['Subject', 'Against', 'Figure', 'Ratio', 'At most', 'Met'], rows, 3)];
}
