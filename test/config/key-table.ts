import { defaultText, kindsTaking } from '../../src/cli/schema/json-schema.ts';
import { injected } from '../../src/config/injected.ts';
import { ownKeys } from '../../src/config/keys.ts';

/** The table of keys in `docs/configuration.md`, in Markdown, with aligned columns. */
export function keyTable(): string {
  const rows = Object.entries(ownKeys).map(([name, key]) => [
    `\`${name}\``,
    kindsTaking(name),
    defaultText(key),
    // A bar would end the cell.
    key.rule.replaceAll('|', '\\|'),
  ]);
  return inTable(['key', 'for', 'default', 'rule'], rows);
}

/** A table in Markdown, with aligned columns. */
export function inTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const rule = line(
    head.map(() => ''),
    '-',
  );
  return [line(head, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}

const outcomes = {
  allowed: 'done if `podMaySet` has `{}`; otherwise not done, with a warning',
  done: 'done',
  ignored: 'ignored',
  warned: 'not done, with a warning',
  refused: 'refused',
} as const;

/** The table in `docs/configuration.md` of what clients put in. */
export function injectedTable(): string {
  const rows = injected.map(({ at, name, by, outcome, rule, instead, setting = '' }) => [
    at === 'annotation' ? "the pod's annotation" : at === 'configuration' ? 'the plugin object' : at,
    `\`${name}\``,
    by,
    outcomes[outcome].replace('{}', setting),
    [rule, instead ?? ''].filter((text) => text !== '').join('; '),
  ]);
  return inTable(['where', 'what', 'who puts it in', 'dan', 'how'], rows);
}
