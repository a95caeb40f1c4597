import { keyReference } from '../../src/config/reference.ts';

/** The table of keys of `docs/configuration.md`, in Markdown, its columns aligned. */
export function keyTable(): string {
  const rows = Object.entries(keyReference).map(([key, { for: devices, default: otherwise, rule }]) => [
    `\`${key}\``,
    devices,
    otherwise,
    // A bar would end the cell.
    rule.replaceAll('|', '\\|'),
  ]);
  const head = ['key', 'for', 'default', 'rule'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const rule = line(
    head.map(() => ''),
    '-',
  );
  return [line(head, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}
