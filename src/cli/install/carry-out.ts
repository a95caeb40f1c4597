import type { Tree } from '../../host/tree.ts';
import { CniError } from '../../protocol/error.ts';
import { type ExitCode, exitCodes, type Terminal, type Words } from '../../command/command.ts';
import { painter } from '../text/paint.ts';
import { perform } from './perform.ts';
import { type Outcome, report } from './report.ts';
import type { Plan, Step } from './step.ts';

/** What a plan is carried out with. */
export interface Means {
  readonly tree: Tree;
  /** The file of this system that is installed; undefined where nothing is. */
  readonly executable: string | undefined;
}

/** Does what a plan says, or shows it, and tells so. Throws `io-failure` where a step fails. */
export function carryOut(plan: Plan, means: Means, { switches }: Words, terminal: Terminal): ExitCode {
  const outcome: Outcome = plan.refusals.length > 0 ? 'refused' : switches.has('dry-run') ? 'shown' : 'done';
  if (outcome === 'done') performAll(plan.steps, means);
  if (switches.has('json')) terminal.print(`${JSON.stringify({ outcome, ...plan }, null, 2)}\n`);
  else terminal.print(report(plan, outcome, painter(terminal.colours)));
  return outcome === 'refused' ? exitCodes.finding : exitCodes.fine;
}

/** Does steps in their order. Throws `io-failure`, with what was done before. */
export function performAll(steps: readonly Step[], { tree, executable }: Means): void {
  const done: string[] = [];
  for (const step of steps) {
    try {
      perform(step, tree, executable);
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      const before = done.length === 0 ? 'nothing was changed' : `before that was done: ${done.join(', ')}`;
      throw error.withDetails([`${before}; the same command goes on from there, and "dan uninstall" takes it back`]);
    }
    if (step.do !== 'nothing') done.push(`${step.do} ${step.path}`);
  }
}
