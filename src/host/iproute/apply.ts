import type { KernelOperation, Where } from '../../model/operation.ts';
import { within } from '../command.ts';
import { type Step, stepOf } from '../operation-text.ts';
import type { Site } from '../site.ts';
import { IpBatches } from './ip-batch.ts';
import { writeSysctlIn } from './sysctl.ts';
import { mustIn } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip` process for each namespace, and one `bridge` or `tc` for each
 * run of lines that needs it. Throws `command-failed` at the first that fails: those before it are done. What exists then
 * is for the caller to look up; a batch does not report it reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  const batches = await IpBatches.load(site);
  const limits = { seconds: site.timeoutSeconds, interrupted: site.interrupted };
  await within(limits, batches, 'ip -batch -', carryOut(runsOf(operations.map(stepOf)), batches, site));
}

/** Steps that the same program carries out in the same namespace, one after the other. */
interface Run {
  readonly by: Step['by'];
  readonly in: Where;
  readonly steps: Step[];
}

function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: Run[] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.by === step.by && last.in === step.in) last.steps.push(step);
    else runs.push({ by: step.by, in: step.in, steps: [step] });
  }
  return runs;
}

async function carryOut(runs: readonly Run[], batches: IpBatches, site: Site): Promise<void> {
  try {
    for (const { by, in: where, steps } of runs) {
      // What one program needs of another's work, or one namespace of the other's, must be done before.
      await batches.settled();
      const lines = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [step.line]));
      if (by === 'ip') batches.write(where, lines);
      else if (by !== 'sysctl') await mustIn(where, site, by, ['-batch', '-'], { input: `${lines.join('\n')}\n` });
      for (const step of steps) {
        if (step.by === 'sysctl') await writeSysctlIn(where, step.path, step.value, site);
      }
    }
  } finally {
    await batches.end();
  }
}
