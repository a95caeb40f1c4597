import type { Area } from '../../../src/cli/doctor/areas.ts';
import { checkTexts } from '../../../src/cli/doctor/check.ts';

/** The page of all findings of `dan doctor`, generated from its checks. */
export function doctorPage(areas: readonly Area[]): string {
  return [
    '# What `dan doctor` checks',
    '',
    'Each check has an id, which scripts can go by: `dan doctor --json` prints findings with `id`, `severity` (`error`: pods',
    'fail or lose their network; `warning`: some do, or will; `note`: worth knowing), `seen`, `why` and `cure`. The exit code',
    'is 1 where there is an error or a warning. Generated from the checks themselves.',
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
