import type { KernelOperation } from '../../model/operation.ts';
import { type Step, stepOf } from '../operation-text.ts';
import type { Site } from '../site.ts';
import { writeSysctlIn } from './sysctl.ts';
import { mustIn } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip`, `bridge` or `tc` for each run of lines that it carries out in
 * one namespace. Throws `command-failed` at the first that fails: those before it are done. What exists then is for the
 * caller to look up; a batch does not report it reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  for (const steps of runsOf(operations.map(stepOf))) {
    const [{ by, in: where }] = steps;
    const lines = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [`${step.line}\n`]));
    if (by !== 'sysctl') await mustIn(where, site, by, ['-batch', '-'], { input: lines.join('') });
    for (const step of steps) {
      if (step.by === 'sysctl') await writeSysctlIn(where, step.path, step.value, site);
    }
  }
}

/** Steps that the same program carries out in the same namespace, one after the other. */
type Run = [Step, ...Step[]];

function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: Run[] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.[0].by === step.by && last[0].in === step.in) last.push(step);
    else runs.push([step]);
  }
  return runs;
}
