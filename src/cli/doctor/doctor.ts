import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { painter } from '../text/paint.ts';
import { areas } from './areas.ts';
import { ask, isProblem } from './check.ts';
import { lookAtNode } from './facts/node.ts';
import { report, reportProblems } from './report.ts';

/** Runs `dan doctor`: exit code 1 if something was found that makes pods fail, or will. */
export async function doctor({ switches, values }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const root = givenPath(values.get('root') ?? '/', terminal);
  const named = values.get('kata-config');
  const facts = await lookAtNode({ root }, named === undefined ? undefined : givenPath(named, terminal));
  const asked = areas.map(({ title, checks }) => ({ title, answers: checks.map((check) => ask(check, facts)) }));
  const answers = asked.flatMap((area) => area.answers);
  const all = answers.flatMap((answer) => answer.findings);
  const problems = all.filter(isProblem);
  const onlyProblems = switches.has('problems');
  if (switches.has('json')) {
    const unasked = answers.flatMap(({ check: { id }, unasked: why }) => (why === undefined ? [] : [{ id, why }]));
    terminal.print(`${JSON.stringify({ findings: onlyProblems ? problems : all, unasked }, null, 2)}\n`);
  } else {
    const reported = onlyProblems ? reportProblems : report;
    terminal.print(reported(asked, painter(terminal.colours)));
  }
  return problems.length > 0 ? exitCodes.finding : exitCodes.fine;
}
