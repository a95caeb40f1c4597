import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import type { Interruption } from '../../protocol/interruption.ts';
import { type Ended, notStarted, type Program, type ProgramOptions } from './system.ts';

/** Starts a program by absolute path, without a shell, in the directory `/`. */
export function start(path: string, args: readonly string[], options: ProgramOptions): Program {
  let child: ChildProcess;
  try {
    child = spawn(path, args, {
      env: options.variables,
      cwd: '/',
      stdio: [inputOf(options), 'pipe', 'pipe', ...furtherFiles(options)],
      detached: options.group ?? false,
    });
  } catch (error) {
    return notStarted(error as Error);
  }
  const kill = (): boolean => (options.group === true ? killGroup(child.pid) : child.kill('SIGKILL'));
  const ended = collect(child, options, kill);
  // Whoever gets it may come to listen a moment later.
  ended.catch(() => undefined);
  // A program that ends without reading its input: its exit code tells.
  child.stdin?.on('error', () => undefined);
  if (options.input instanceof Uint8Array) child.stdin?.end(options.input);
  return {
    ended,
    write: (bytes) => {
      child.stdin?.write(bytes);
    },
    endInput: () => {
      child.stdin?.end();
    },
    kill,
  };
}

function inputOf({ input }: ProgramOptions): 'ignore' | 'pipe' | number {
  if (typeof input === 'number') return input;
  return input === 'open' || (input !== undefined && input.length > 0) ? 'pipe' : 'ignore';
}

function furtherFiles({ descriptor, lock }: ProgramOptions): readonly (number | 'ignore')[] {
  return lock === undefined && descriptor === undefined ? [] : [descriptor ?? 'ignore', lock ?? 'ignore'];
}

// Whatever it started and left alone may still write: its output ends when nobody has it any more.
function collect(child: ChildProcess, { outputLimit, onOutput }: ProgramOptions, kill: () => boolean): Promise<Ended> {
  return new Promise((resolve, fail) => {
    const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    let isTooMuch = false;
    for (const name of ['stdout', 'stderr'] as const) {
      let length = 0;
      // There is none where the process has no more files to give.
      child[name]?.on('data', (bytes: Uint8Array) => {
        length += bytes.length;
        if (length > outputLimit) {
          isTooMuch = true;
          kill();
        } else if (onOutput === undefined) output[name].push(bytes);
        else onOutput(bytes);
      });
    }
    child.on('error', fail);
    child.on('close', (exitCode) => {
      const [stdout, stderr] = [Buffer.concat(output.stdout), Buffer.concat(output.stderr)];
      // It may have ended before it was killed: its output is not whole.
      resolve({ exitCode: isTooMuch ? -1 : (exitCode ?? -1), stdout, stderr });
    });
  });
}

// False if it has ended.
function killGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/**
 * Locks an open file with flock(2), which Node does not have: `flock` of util-linux does. The lock belongs to the open file,
 * which the program shares: it stays when the program has ended.
 */
export function lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean> {
  return new Promise((resolve, fail) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', file];
    const child = spawn('flock', ['-x', '-w', String(seconds), '3'], { env: { PATH: directories }, cwd: '/', stdio });
    const forget = interrupted?.onInterrupt(() => {
      child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      forget?.();
      fail(error);
    });
    child.on('close', (exitCode) => {
      forget?.();
      resolve(exitCode === 0);
    });
  });
}

// Never the caller's: dan is root, and its environment is somebody else's.
const directories = '/usr/sbin:/usr/bin:/sbin:/bin';
