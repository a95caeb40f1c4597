import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { painter } from '../text/paint.ts';
import { areas } from './areas.ts';
import { ask } from './check.ts';
import { lookAtNode } from './facts/node.ts';
import { report } from './report.ts';

/** Runs `dan doctor`: exit code 1 if something was found that makes pods fail, or will. */
export async function doctor({ switches, values }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const root = givenPath(values.get('root') ?? '/', terminal);
  const named = values.get('kata-config');
  const facts = await lookAtNode({ root }, named === undefined ? undefined : givenPath(named, terminal));
  const asked = areas.map(({ title, checks }) => ({ title, answers: checks.map((check) => ask(check, facts)) }));
  const answers = asked.flatMap((area) => area.answers);
  const findings = answers.flatMap((answer) => answer.findings);
  if (switches.has('json')) {
    const unasked = answers.flatMap(({ check: { id }, unasked: why }) => (why === undefined ? [] : [{ id, why }]));
    terminal.print(`${JSON.stringify({ findings, unasked }, null, 2)}\n`);
  } else terminal.print(report(asked, painter(terminal.colours)));
  return findings.some(({ severity }) => severity !== 'note') ? exitCodes.finding : exitCodes.fine;
}
