/** The text of a version's section in a changelog in the format of Keep a Changelog; undefined if there is none. */
export function changesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((one) => one.startsWith(`[${version}]`));
  if (section === undefined) return undefined;
  const [, ...lines] = section.split('\n');
  return `${lines.join('\n').trim()}\n`;
}
