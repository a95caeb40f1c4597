import type { KernelOperation, Where } from '../../model/operation.ts';
import { within } from '../command.ts';
import { type Step, stepOf } from '../operation-text.ts';
import { commandIn, type Site } from '../site.ts';
import { type FedProgram, loadStartFed, type StartFed } from './program.ts';
import { writeSysctlIn } from './sysctl.ts';
import { failure, mustIn } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip` process for each namespace, and one `bridge` or `tc` for each
 * run of lines that needs it. Throws `command-failed` at the first that fails: those before it are done. What exists then
 * is for the caller to look up; a batch does not report it reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  const batches = new IpBatches(await loadStartFed(), site);
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

/**
 * The `ip -batch -` of each namespace, started when it is needed, and fed as work goes on: a sysctl of a link needs the
 * link, and comes before the link is up.
 */
class IpBatches {
  readonly #start: StartFed;
  readonly #site: Site;
  readonly #open = new Map<Where, FedProgram>();

  constructor(start: StartFed, site: Site) {
    this.#start = start;
    this.#site = site;
  }

  write(where: Where, lines: readonly string[]): void {
    const batch = this.#open.get(where) ?? this.#start(...commandIn(where, this.#site, 'ip', ['-j', '-batch', '-']));
    this.#open.set(where, batch);
    for (const line of lines) batch.write(line);
  }

  /** Resolves when every line written so far is done: `ip` prints the answer to one more line. */
  async settled(): Promise<void> {
    for (const [where, batch] of this.#open) {
      const answer = batch.printed();
      batch.write('link show dev lo');
      const finished = await Promise.race([answer, batch.finished]);
      if (finished !== undefined) throw failure('ip -batch -', where, finished);
    }
  }

  async end(): Promise<void> {
    for (const batch of this.#open.values()) batch.endInput();
    const ends = await Promise.all(
      [...this.#open].map(async ([where, { finished }]) => ({ where, ...(await finished) })),
    );
    const failed = ends.find(({ exitCode }) => exitCode !== 0);
    if (failed !== undefined) throw failure('ip -batch -', failed.where, failed);
  }

  kill(): boolean {
    return [...this.#open.values()].map((batch) => batch.kill()).includes(true);
  }
}
