import type { KernelOperation, Where } from '../../model/operation.ts';
import type { CniError } from '../../protocol/error.ts';
import { within } from '../command.ts';
import { type Step, stepOf } from '../operation-text.ts';
import type { Site } from '../site.ts';
import { type IpBatch, loadStartBatch } from './ip-batch.ts';
import { writeSysctlIn } from './sysctl.ts';
import { mustIn } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip` process for each namespace, and one `bridge` or `tc` for each
 * run of lines that needs it. Throws `command-failed` at the first that fails: those before it are done. What exists then
 * is for the caller to look up; a batch does not report it reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  const batches = new IpBatches(await loadStartBatch(site));
  const limits = { seconds: site.timeoutSeconds, interrupted: site.interrupted };
  await within(limits, batches, 'ip -batch -', carryOut(runsOf(operations.map(stepOf)), batches, site));
}

/** Steps that the same program carries out in the same namespace, one after the other. */
function runsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[0]?.by === step.by && run[0].in === step.in) run.push(step);
    else runs.push([step]);
  }
  return runs;
}

async function carryOut(runs: readonly (readonly Step[])[], batches: IpBatches, site: Site): Promise<void> {
  try {
    for (const steps of runs) {
      // What one program needs of another's work, or one namespace of the other's, must be done before.
      await batches.settled();
      const lines = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [step.line]));
      const [{ by, in: where } = { by: 'sysctl', in: 'host' } as const] = steps;
      if (by === 'ip') batches.write(where, lines);
      else if (by !== 'sysctl') await mustIn(where, site, by, ['-batch', '-'], { input: `${lines.join('\n')}\n` });
      for (const step of steps) {
        if (step.by === 'sysctl') await writeSysctlIn(step.in, step.path, step.value, site);
      }
    }
  } finally {
    await batches.end();
  }
}

/** The `ip -batch -` of each namespace, started when it is needed. */
class IpBatches {
  readonly #start: (where: Where) => IpBatch;
  readonly #open = new Map<Where, IpBatch>();

  constructor(start: (where: Where) => IpBatch) {
    this.#start = start;
  }

  write(where: Where, lines: readonly string[]): void {
    const batch = this.#open.get(where) ?? this.#start(where);
    this.#open.set(where, batch);
    for (const line of lines) batch.write(line);
  }

  async settled(): Promise<void> {
    for (const batch of this.#open.values()) await batch.settled();
  }

  async end(): Promise<void> {
    const ends = await Promise.allSettled([...this.#open.values()].map((batch) => batch.end()));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure !== undefined) throw failure.reason as CniError;
  }

  kill(): boolean {
    return [...this.#open.values()].map((batch) => batch.kill()).includes(true);
  }
}
