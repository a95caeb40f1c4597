import { text } from '#bytes';
import { danError } from '../../model/error.ts';
import type { Where } from '../../model/operation.ts';
import { minimalVariables, outputLimit } from '../program/program.ts';
import { commandIn, type Site } from '../site.ts';
import { failure } from './tools.ts';

/** How a batch ended. A signal counts as exit code -1. */
interface Finished {
  readonly exitCode: number;
  readonly stderr: string;
}

/** One `ip -batch -`, fed as work goes on: a sysctl of a link needs the link, and comes before the link is up. */
export interface IpBatch {
  /** Writes a line. A program that has ended reads nothing: no error. */
  readonly write: (line: string) => void;
  /** Resolves when every line written so far is done. Throws `command-failed` if `ip` has ended instead. */
  readonly settled: () => Promise<void>;
  /** Writes no more, and waits for the program's end. Throws `command-failed` unless every line was carried out. */
  readonly end: () => Promise<void>;
  readonly kill: () => boolean;
}

/** Loads what starts batches: before work begins, since it takes thirty milliseconds. */
export async function loadStartBatch(site: Site): Promise<(where: Where) => IpBatch> {
  const { execa } = await import('execa');
  return (where) => {
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
    const finished = child.then(({ exitCode, signal, originalMessage }): Finished => {
      if (exitCode === undefined && signal === undefined) {
        throw danError('command-failed', `${path} cannot be started: ${originalMessage ?? 'nobody knows why'}`);
      }
      return { exitCode: exitCode ?? -1, stderr };
    });
    // Whoever waits for it may come to listen a moment later.
    finished.catch(() => undefined);
    const write = (line: string): void => void child.stdin.write(`${line}\n`);
    return {
      write,
      settled: async () => {
        const answered = new Promise((resolve) => child.stdout.once('data', resolve));
        // `ip` prints the answer to one more line.
        write('link show dev lo');
        const ended = await Promise.race([answered.then(() => undefined), finished]);
        if (ended !== undefined) throw failure('ip -batch -', where, ended);
      },
      end: async () => {
        child.stdin.end();
        const ended = await finished;
        if (ended.exitCode !== 0) throw failure('ip -batch -', where, ended);
      },
      kill: () => child.kill(),
    };
  };
}

// execa's types know no number over 9, and execa itself takes any.
function fileOrNone(file: number | undefined): 'ignore' | 3 {
  return file === undefined ? 'ignore' : (file as 3);
}
