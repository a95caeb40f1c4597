import type { KernelOperation, Where } from '../../model/operation.ts';
import { operationLimit, type Step, stepOf } from '../operation-text.ts';
import type { Site } from '../site.ts';
import { errorsIn } from '../system/errno.ts';
import { writeSysctlIn } from './sysctl.ts';
import { failure, runIn } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip`, `bridge` or `tc` for each run of lines that it carries out in
 * one namespace. Throws `command-failed` at the first that fails: those before it are done. What exists then is for the
 * caller to look up; a batch does not report it reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  for (const run of runsOf(operations)) {
    const steps = run.map(stepOf);
    const [{ by, in: where }] = steps as [Step];
    const lines = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [`${step.line}\n`]));
    if (by !== 'sysctl') await runBatch(run, lines, where, by, site);
    for (const step of steps) {
      if (step.by === 'sysctl') await writeSysctlIn(where, step.path, step.value, site);
    }
  }
}

async function runBatch(
  operations: readonly KernelOperation[],
  lines: readonly string[],
  where: Where,
  by: 'ip' | 'bridge' | 'tc',
  site: Site,
): Promise<void> {
  const finished = await runIn(where, site, by, ['-batch', '-'], { input: lines.join('') });
  if (finished.exitCode === 0) return;
  // Each of the programs tells the line that failed, and ends.
  const [, line = '0'] = /Command failed -:(\d+)/.exec(finished.stderr) ?? [];
  const [failed, refused] = [lines[Number(line) - 1], operations[Number(line) - 1]];
  if (failed === undefined || refused === undefined) throw failure(`${by} -batch -`, where, finished);
  const limits = errorsIn(finished.stderr).map((code) => operationLimit(code, refused));
  const limit = limits.find((text) => text !== '');
  throw failure(`${by} ${failed.trimEnd()}`, where, finished, limit);
}

/** Operations that the same program carries out in the same namespace, one after the other. */
function runsOf(operations: readonly KernelOperation[]): readonly (readonly KernelOperation[])[] {
  const runs: KernelOperation[][] = [];
  let last: Step | undefined;
  for (const operation of operations) {
    const step = stepOf(operation);
    if (last?.by === step.by && last.in === step.in) runs.at(-1)?.push(operation);
    else runs.push([operation]);
    last = step;
  }
  return runs;
}
