import type { Area } from '../../../src/cli/doctor/areas.ts';
import { checkTexts } from '../../../src/cli/doctor/check.ts';

/** The page of all findings of `dan doctor`, generated from its checks. */
export function doctorPage(areas: readonly Area[]): string {
  return [
    '# What `dan doctor` checks',
    '',
    'This page is for operators of a node. It lists every check of `dan doctor`: what is true if all is well, and why it',
    'matters. To check a node, run `dan doctor` as root; it also says how to fix what it finds. `dan doctor --problems`',
    'prints nothing else.',
    '',
    'For scripts, use `dan doctor --json`. A finding has these keys:',
    '',
    '- `id`: the name of the check, as on this page. It does not change between versions.',
    '- `severity`: `error` if pods fail or lose their network, `warning` if some do or will, `note` for information.',
    '- `seen`, `why`, `cure`: what was seen, why it matters, how to fix it.',
    '',
    'The exit code is 1 if there is an error or a warning. This page is generated from the checks.',
    '',
    ...areas.flatMap(({ title, checks }) => [
      `## ${title}`,
      '',
      ...checks.map(({ id }) => `- **${id}**: ${checkTexts[id].fine}. Why it matters: ${checkTexts[id].why}`),
      '',
    ]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}
