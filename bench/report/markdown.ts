/** A table in Markdown. All columns after the first `texts` have right-aligned numbers. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = headings.map((_, at) => (at < texts ? '---' : '--:'));
  return [line(headings), line(rule), ...rows.map(line)];
}
