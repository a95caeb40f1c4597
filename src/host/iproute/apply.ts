import { danError } from '../../model/error.ts';
import type { KernelOperation, Where } from '../../model/operation.ts';
import type { CniError } from '../../protocol/error.ts';
import { type Step, stepOf } from './batch-lines.ts';
import { within } from '../command.ts';
import type { Finished } from '../program/program.ts';
import { loadStartForLines, type ProgramForLines, run, type StartForLines } from './program.ts';
import { commandIn, type Site } from '../site.ts';
import { writeSysctlIn } from './sysctl.ts';

/**
 * Carries a list of operations out, in order, with one `ip` process for each namespace, and one `bridge` or `tc` for each
 * run of lines that needs it. Throws `command-failed` at the first that fails: those before it are done. What exists then
 * is for the caller to look up; a batch does not tell reliably.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  const batches = new Batches(await loadStartForLines(), site);
  const limits = { seconds: site.timeoutSeconds, interrupted: site.interrupted };
  await within(limits, batches, 'ip -batch -', carryOut(operations.map(stepOf), batches, site));
}

async function carryOut(steps: readonly Step[], batches: Batches, site: Site): Promise<void> {
  try {
    for (const [at, step] of steps.entries()) {
      if (step.by === 'ip') {
        await batches.write(step.in, step.line);
        continue;
      }
      await batches.settled();
      if (step.by === 'sysctl') await writeSysctlIn(step.in, step.path, step.value, site);
      // A run of lines for one tool is one process, started at its first line.
      else if (!continues(steps[at - 1], step)) await batchOf(step.by, step.in, runFrom(steps, at), site);
    }
  } finally {
    await batches.end();
  }
}

/** The `ip -batch -` of each namespace, started when it is needed, and fed as work goes on. */
class Batches {
  readonly #start: StartForLines;
  readonly #site: Site;
  readonly #open = new Map<Where, IpBatch>();
  #last: Where | undefined;

  constructor(start: StartForLines, site: Site) {
    this.#start = start;
    this.#site = site;
  }

  async write(where: Where, line: string): Promise<void> {
    // What one namespace needs of the other's must be done there first.
    if (this.#last !== undefined && this.#last !== where) await this.settled();
    this.#last = where;
    const batch = this.#open.get(where) ?? this.#openBatch(where);
    this.#open.set(where, batch);
    batch.write(line);
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

  #openBatch(where: Where): IpBatch {
    const [path, args, options] = commandIn(where, this.#site, 'ip', ['-j', '-batch', '-']);
    return new IpBatch(this.#start(path, args, options));
  }
}

/** One `ip -batch -`: a sysctl of a link needs the link, and comes before the link is up. */
class IpBatch {
  readonly #program: ProgramForLines;

  constructor(program: ProgramForLines) {
    this.#program = program;
  }

  write(line: string): void {
    this.#program.write(line);
  }

  /** Resolves when every line written so far is done: ip prints the answer to one more line. */
  async settled(): Promise<void> {
    const answer = this.#program.printed();
    this.write('link show dev lo');
    const finished = await Promise.race([answer, this.#program.finished]);
    if (finished !== undefined) throw failed('ip -batch -', finished);
  }

  async end(): Promise<void> {
    this.#program.endInput();
    const finished = await this.#program.finished;
    if (finished.exitCode !== 0) throw failed('ip -batch -', finished);
  }

  kill(): boolean {
    return this.#program.kill();
  }
}

function continues(previous: Step | undefined, step: Step): boolean {
  return previous?.by === step.by && previous.in === step.in;
}

function runFrom(steps: readonly Step[], start: number): string[] {
  const lines: string[] = [];
  for (const [at, step] of steps.slice(start).entries()) {
    if (step.by === 'sysctl' || (at > 0 && !continues(steps[start], step))) break;
    lines.push(step.line);
  }
  return lines;
}

async function batchOf(tool: 'bridge' | 'tc', where: Where, lines: readonly string[], site: Site): Promise<void> {
  const [path, args, options] = commandIn(where, site, tool, ['-batch', '-']);
  const { timeoutSeconds } = site;
  const finished = await run(path, args, { ...options, input: `${lines.join('\n')}\n`, timeoutSeconds });
  if (finished.exitCode !== 0) throw failed(`${tool} -batch -`, finished);
}

function failed(what: string, { exitCode, stderr }: Finished): CniError {
  const said = stderr.trim().replaceAll('\n', '; ');
  return danError('command-failed', `"${what}" ended with ${exitCode} and said: ${said === '' ? 'nothing' : said}`);
}
