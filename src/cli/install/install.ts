import { type ExitCode, exitCodes, type Terminal, type CommandLine, WrongUse } from '../../command/command.ts';
import { painter } from '../text/paint.ts';
import { hashOf, lookAtNode } from './node.ts';
import { pluginsOfList } from './known-versions.ts';
import { type Means, performAll } from './perform.ts';
import { planInstall } from './plan-install.ts';
import { planUninstall } from './plan-uninstall.ts';
import { readQuestion, treeOf } from './question.ts';
import { type Outcome, report } from './report.ts';
import type { Plan } from './step.ts';

/** Runs `dan install`: exit code 1 if it was refused; nothing was changed then. */
export async function install(words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const question = readQuestion(words, terminal);
  const { tree, configuration } = question;
  const { executable } = terminal;
  if (executable === undefined) {
    throw new WrongUse(
      'dan install: the file that runs is not known, so it cannot be installed. The program for Node is more than one ' +
        'file: call the compiled executable, dist/dan, which finds itself in /proc, if that is mounted',
    );
  }
  const plugins = configuration === undefined ? [] : pluginsOfList(configuration.text);
  const plan = planInstall(question, await lookAtNode(tree, { ...question, plugins }), hashOf(executable));
  return carryOut(plan, { tree, executable }, words, terminal);
}

/** Runs `dan uninstall`: exit code 1 if it was refused; nothing was changed then. */
export async function uninstall(words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const tree = treeOf(words.values, terminal);
  return carryOut(await planUninstall(tree), { tree, executable: undefined }, words, terminal);
}

function carryOut(plan: Plan, means: Means, { switches }: CommandLine, terminal: Terminal): ExitCode {
  const planned: Outcome = switches.has('dry-run') ? 'shown' : 'done';
  const outcome = plan.refusals.length > 0 ? 'refused' : planned;
  if (outcome === 'done') performAll(plan.steps, means);
  if (switches.has('json')) terminal.print(`${JSON.stringify({ outcome, ...plan }, null, 2)}\n`);
  else terminal.print(report(plan, outcome, painter(terminal.colours)));
  return outcome === 'refused' ? exitCodes.finding : exitCodes.fine;
}
