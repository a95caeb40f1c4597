/** A table in Markdown; all columns but the first `texts` are numbers, set flush right. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = headings.map((_, at) => (at < texts ? '---' : '--:'));
  return [line(headings), line(rule), ...rows.map(line)];
}
