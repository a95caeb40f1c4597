import type { KernelOperation, Where } from '../../model/operation.ts';
import { operationLimit, type Step, stepOf } from '../operation-text.ts';
import type { Site } from '../site.ts';
import { errorsIn } from '../system/errno.ts';
import { writeSysctlIn } from './sysctl.ts';
import { failure, runIn } from './tools.ts';

/**
 * Carries out a list of operations, in order. Consecutive operations for the same program and namespace share one `ip`,
 * `bridge` or `tc` process. Throws `command-failed` at the first one that fails. The operations before it stay done,
 * and the caller must find out what exists: a batch does not report it reliably.
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
  // Each of these programs reports the line that failed, and stops.
  const [, line = '0'] = /Command failed -:(\d+)/.exec(finished.stderr) ?? [];
  const [failed, refused] = [lines[Number(line) - 1], operations[Number(line) - 1]];
  if (failed === undefined || refused === undefined) throw failure(`${by} -batch -`, where, finished);
  const limits = errorsIn(finished.stderr).map((code) => operationLimit(code, refused));
  const limit = limits.find((text) => text !== '');
  throw failure(`${by} ${failed.trimEnd()}`, where, finished, limit);
}

/** Groups consecutive operations that the same program carries out in the same namespace. */
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
