import { text } from '#bytes';
import type { execa as Execa } from 'execa';
import { danError } from '../../model/error.ts';
import type { Where } from '../../model/operation.ts';
import type { CniError } from '../../protocol/error.ts';
import { minimalVariables, outputLimit } from '../program/program.ts';
import { commandIn, type Site } from '../site.ts';
import { failure } from './tools.ts';

/**
 * The `ip -batch -` of each namespace, started when it is needed, and fed as work goes on: a sysctl of a link needs the
 * link, and comes before the link is up.
 */
export class IpBatches {
  readonly #execa: typeof Execa;
  readonly #site: Site;
  readonly #open = new Map<Where, ReturnType<typeof start>>();

  private constructor(execa: typeof Execa, site: Site) {
    this.#execa = execa;
    this.#site = site;
  }

  /** Loads what starts them: before work begins, since it takes thirty milliseconds. */
  static async load(site: Site): Promise<IpBatches> {
    return new IpBatches((await import('execa')).execa, site);
  }

  /** Writes lines. A program that has ended reads nothing: no error. */
  write(where: Where, lines: readonly string[]): void {
    const batch = this.#open.get(where) ?? start(this.#execa, where, this.#site);
    this.#open.set(where, batch);
    for (const line of lines) batch.child.stdin.write(`${line}\n`);
  }

  /** Resolves when every line written so far is done. Throws `command-failed` if an `ip` has ended instead. */
  async settled(): Promise<void> {
    for (const [where, { child, ended }] of this.#open) {
      const answered = new Promise<undefined>((resolve) => {
        child.stdout.once('data', () => {
          resolve(undefined);
        });
      });
      // `ip` prints the answer to one more line.
      child.stdin.write('link show dev lo\n');
      const finished = await Promise.race([answered, ended]);
      if (finished !== undefined) throw failure('ip -batch -', where, finished);
    }
  }

  /** Writes no more, and waits for the programs' ends. Throws `command-failed` unless every line was carried out. */
  async end(): Promise<void> {
    const ends = [...this.#open].map(async ([where, { child, ended }]) => {
      child.stdin.end();
      const finished = await ended;
      if (finished.exitCode !== 0) throw failure('ip -batch -', where, finished);
    });
    const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason as CniError;
  }

  kill(): boolean {
    return [...this.#open.values()].map(({ child }) => child.kill()).includes(true);
  }
}

function start(execa: typeof Execa, where: Where, site: Site) {
  const [path, args, { descriptor, lock }] = commandIn(where, site, 'ip', ['-j', '-batch', '-']);
  const child = execa(path, args, {
    // Nothing of the caller reaches it, and only dan ends it.
    extendEnv: false,
    env: minimalVariables,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe', fileOrNone(descriptor), fileOrNone(lock)],
    // It would put all of the output into the message of its error.
    buffer: false,
    killSignal: 'SIGKILL',
    forceKillAfterDelay: false,
    cleanup: false,
    reject: false,
    verbose: 'none',
  });
  let stderr = '';
  child.stderr.on('data', (bytes: Uint8Array) => {
    if (stderr.length < outputLimit) stderr += text(bytes);
  });
  child.stdout.resume();
  // One that ends without reading its input: its exit code shows what happened.
  child.stdin.on('error', () => undefined);
  const ended = child.then(({ exitCode, signal, originalMessage }) => {
    if (exitCode === undefined && signal === undefined) {
      throw danError('command-failed', `${path} cannot be started: ${originalMessage ?? 'nobody knows why'}`);
    }
    // A signal counts as -1.
    return { exitCode: exitCode ?? -1, stderr };
  });
  // Whoever waits for it may come to listen a moment later.
  ended.catch(() => undefined);
  return { child, ended };
}

// execa's types know no number over 9, and execa itself takes any.
function fileOrNone(file: number | undefined): 'ignore' | 3 {
  return file === undefined ? 'ignore' : (file as 3);
}
