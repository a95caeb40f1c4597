import type { Writable } from 'node:stream';
import { execa, type Options, type ResultPromise } from 'execa';
import type { Interruption } from '../../protocol/interruption.ts';
import type { Ended, Program, ProgramOptions } from './system.ts';

/** What is the same for every program: its output is kept as bytes, and how it ends is a value. */
type Started = ResultPromise<{ encoding: 'buffer'; reject: false; stdio: ['pipe', 'pipe', 'pipe'] }>;

/** Starts a program by absolute path, without a shell, in the directory `/`. */
export function start(path: string, args: readonly string[], options: ProgramOptions): Program {
  const { variables, input, descriptor, lock: lockFile, group = false, outputLimit, onOutput } = options;
  const from = input === undefined ? 'ignore' : typeof input === 'number' ? input : 'pipe';
  const child = startInRoot(path, args, variables, {
    stdio: [from, 'pipe', 'pipe', descriptor ?? 'ignore', lockFile ?? 'ignore'],
    ...(input instanceof Uint8Array ? { input } : {}),
    detached: group,
    maxBuffer: outputLimit,
    buffer: onOutput === undefined,
  });
  const kill = (): boolean => (group ? killGroup(child.pid) : child.kill('SIGKILL'));
  let length = 0;
  for (const output of onOutput === undefined ? [] : [child.stdout, child.stderr]) {
    output.on('data', (bytes: Uint8Array) => {
      length += bytes.length;
      if (length > outputLimit) kill();
      else onOutput?.(bytes);
    });
  }
  const ended = outcome(child, kill);
  // Whoever gets it may come to listen a moment later.
  ended.catch(() => undefined);
  const stdin = child.stdin as Writable | null;
  // One that has ended reads nothing: its exit code tells.
  stdin?.on('error', () => undefined);
  return { ended, write: (bytes) => stdin?.write(bytes), endInput: () => stdin?.end(), kill };
}

// Whatever it started and left alone may still write: its output ends when nobody has it any more.
async function outcome(child: Started, kill: () => boolean): Promise<Ended> {
  const { cause, exitCode, signal, isMaxBuffer, stdout, stderr } = await child;
  // execa kills the program alone. It may have ended before it was killed: its output is not whole.
  if (isMaxBuffer) kill();
  else if (exitCode === undefined && signal === undefined) throw cause;
  return { exitCode: isMaxBuffer ? -1 : (exitCode ?? -1), stdout, stderr };
}

/**
 * Locks an open file with flock(2), which Node does not have: `flock` of util-linux does. The lock belongs to the open file,
 * which the program shares: it stays when the program has ended.
 */
export async function lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean> {
  const args = ['-x', '-w', String(seconds), '3'];
  const child = startInRoot('flock', args, { PATH: directories }, { stdio: ['ignore', 'pipe', 'pipe', file] });
  const forget = interrupted?.onInterrupt(() => child.kill('SIGKILL'));
  try {
    return (await outcome(child, () => false)).exitCode === 0;
  } finally {
    forget?.();
  }
}

function startInRoot(path: string, args: readonly string[], env: ProgramOptions['variables'], more: object): Started {
  const options: Options = {
    cwd: '/',
    env,
    extendEnv: false,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
  };
  return execa(path, args, { ...options, cleanup: false, killSignal: 'SIGKILL', ...more }) as unknown as Started;
}

// False if it has ended.
function killGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

// Never the caller's: dan is root, and its environment is somebody else's.
const directories = '/usr/sbin:/usr/bin:/sbin:/bin';
