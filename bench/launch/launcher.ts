import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ResultPromise } from 'execa';
import type { Host } from '../../integration/harness/host.ts';

/** A program to start, with only this environment. */
export interface Job {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Seconds after which a program counts as hung and is killed. The slowest measured program takes less than one. */
export const limitSeconds = 30;

/** How a program ended, and its resources, including those of the descendants that it waited for. */
export interface Measured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds. */
  readonly cpu: number;
  /** MiB, of the largest of its processes. */
  readonly peak: number;
  /** Whether it was killed because it did not end within the limit. */
  readonly late: boolean;
}

/** Programs that ran at the same time. */
export interface MeasuredTogether {
  readonly each: readonly Measured[];
  /** Milliseconds from the first start to the last end. */
  readonly wall: number;
}

/** Starts programs in a host's namespaces and measures them, with the small program of launch.c and its files. */
export class Launcher implements AsyncDisposable {
  readonly #process: ResultPromise;
  readonly #lines: AsyncIterator<string>;
  readonly #directory: string;

  private constructor(process: ResultPromise, directory: string) {
    if (process.stdout === null) throw new Error('the launcher has no output');
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    this.#directory = directory;
  }

  /** Starts the launcher, whose executable is at `program`, inside a host. */
  static start(host: Pick<Host, 'directory' | 'spawn'>, program: string, limit = limitSeconds): Launcher {
    const directory = `${host.directory}/jobs`;
    mkdirSync(directory, { recursive: true });
    const process = host.spawn(program, [String(limit)], { stdin: 'pipe', buffer: { stdout: false }, reject: false });
    return new Launcher(process, directory);
  }

  /** Runs one program to its end. */
  async runOne(job: Job): Promise<Measured> {
    const [measured] = (await this.runTogether([job])).each;
    if (measured === undefined) throw new Error(`the launcher said nothing of ${job.argv.join(' ')}`);
    return measured;
  }

  /** Starts several programs at once and waits for all of them. */
  async runTogether(jobs: readonly Job[]): Promise<MeasuredTogether> {
    const described = jobs.map((job, at) => this.#describe(job, `${this.#directory}/${at}`));
    this.#process.stdin.write(`${described.join('')}go\n`);
    const lines: string[] = [];
    for (let at = 0; at <= jobs.length; at++) lines.push(await this.#line());
    const each = lines.slice(0, -1).map((line, at) => measured(line, `${this.#directory}/${at}`));
    return { each, wall: Number(lines.at(-1)?.replace('all ', '')) / 1e6 };
  }

  #describe({ argv, env = {}, input = '' }: Job, path: string): string {
    writeFileSync(`${path}.in`, input);
    const properties = [
      ...argv.map((word) => `arg ${word}`),
      ...Object.entries(env).map(([name, value]) => `env ${name}=${value}`),
      ...['in', 'out', 'err'].map((stream) => `${stream} ${path}.${stream}`),
    ];
    return `${properties.join('\n')}\nend\n`;
  }

  async #line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done !== true) return next.value;
    const { stderr } = await this.#process;
    throw new Error(`the launcher has ended${typeof stderr === 'string' ? `: ${stderr}` : ''}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#process;
  }
}

function measured(line: string, path: string): Measured {
  const [status = 0, nanoseconds = 0, microseconds = 0, kibibytes = 0, late = 0] = line.split(' ').map(Number);
  return {
    // As in a shell: 128 plus the signal for a program that was killed.
    exitCode: (status & 0x7f) === 0 ? status >> 8 : 128 + (status & 0x7f),
    stdout: readFileSync(`${path}.out`, 'utf8'),
    stderr: readFileSync(`${path}.err`, 'utf8'),
    wall: nanoseconds / 1e6,
    cpu: microseconds / 1e3,
    peak: kibibytes / 1024,
    late: late === 1,
  };
}
