import { defaultText, kindsTaking } from '../../src/cli/schema/json-schema.ts';
import { ownKeys } from '../../src/config/keys.ts';

/** The table of keys of `docs/configuration.md`, in Markdown, its columns aligned. */
export function keyTable(): string {
  const rows = Object.entries(ownKeys).map(([name, key]) => [
    `\`${name}\``,
    kindsTaking(name),
    defaultText(key),
    // A bar would end the cell.
    key.rule.replaceAll('|', '\\|'),
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
