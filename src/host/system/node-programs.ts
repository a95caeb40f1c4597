import type { Readable, Writable } from 'node:stream';
import { execa, type Options, type ResultPromise } from 'execa';
import type { Interruption } from '../../protocol/interruption.ts';
import { type Ended, lingering, type Program, type ProgramOptions } from './system.ts';
import { umaskOf } from './umask.ts';

/**
 * The options that all programs share: output comes as bytes, and how the program ends is a value. execa keeps none of
 * the output, because it would put all of it into an error's message, which takes seconds for a few million bytes.
 */
type Started = ResultPromise<{ buffer: false; encoding: 'buffer'; reject: false; stdio: ['pipe', 'pipe', 'pipe'] }>;

/** Starts a program by absolute path, without a shell, in the directory `/`. */
export function start(path: string, args: readonly string[], options: ProgramOptions): Program {
  const { variables, input, descriptor, lock: lockFile, group = false } = options;
  const from = input === undefined ? 'ignore' : typeof input === 'number' ? input : 'pipe';
  // Only util-linux has a program (setpriv) that makes the kernel kill it when dan ends.
  const [program, words] = group ? [setpriv, ['--pdeathsig', 'KILL', '--', path, ...args]] : [path, args];
  const child = startInRoot(program, words, variables, umaskOf(options), {
    stdio: [from, 'pipe', 'pipe', descriptor ?? 'ignore', lockFile ?? 'ignore'],
    ...(input instanceof Uint8Array ? { input } : {}),
    detached: group,
  });
  const kill = (): boolean => (group ? killGroup(child.pid) : child.kill('SIGKILL'));
  let isTooMuch = false;
  const onTooMuch = (): void => {
    isTooMuch = true;
    kill();
  };
  const [stdout, stderr] = [child.stdout, child.stderr].map((output) => collect(output, options, onTooMuch));
  child.nodeChildProcess.once('exit', () => {
    // Node may report the end before it has read the output, and timers come before what there is to read. All of that
    // has been read when an immediate comes.
    setTimeout(() => {
      setImmediate(() => {
        for (const output of [child.stdout, child.stderr]) output.destroy();
      });
    }, lingering).unref();
  });
  const ended = exitCodeOf(child).then((exitCode): Ended => {
    const output = { stdout: stdout?.() ?? none, stderr: stderr?.() ?? none };
    return isTooMuch ? { exitCode: -1, isTooMuch, ...output } : { exitCode, ...output };
  });
  // The caller may attach its handler a moment later.
  ended.catch(() => undefined);
  const stdin = child.stdin as Writable | null;
  // A program that has ended does not read its input. Its exit code says why.
  stdin?.on('error', () => undefined);
  return { ended, write: (bytes) => stdin?.write(bytes), endInput: () => stdin?.end(), kill };
}

const none = new Uint8Array();

// Collects one output. Bytes above the limit are read and discarded.
function collect(output: Readable, { outputLimit, onOutput }: ProgramOptions, onTooMuch: () => void): () => Uint8Array {
  const kept: Uint8Array[] = [];
  let length = 0;
  output.on('data', (bytes: Uint8Array) => {
    length += bytes.length;
    if (length > outputLimit) onTooMuch();
    else if (onOutput === undefined) kept.push(bytes);
    else onOutput(bytes);
  });
  return () => Buffer.concat(kept);
}

async function exitCodeOf(child: Started): Promise<number> {
  const { cause, exitCode, signal } = await child;
  if (exitCode === undefined && signal === undefined) throw cause;
  return exitCode ?? -1;
}

/**
 * Locks an open file with `flock` of util-linux, because Node has no flock(2). The lock belongs to the open file, which
 * the program shares, so it stays when the program has ended.
 */
export async function lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean> {
  const args = ['-x', '-w', String(seconds), '3'];
  const child = startInRoot('flock', args, { PATH: directories }, undefined, {
    stdio: ['ignore', 'pipe', 'pipe', file],
  });
  const forget = interrupted?.onInterrupt(() => child.kill('SIGKILL'));
  try {
    return (await exitCodeOf(child)) === 0;
  } finally {
    forget?.();
  }
}

function startInRoot(
  path: string,
  args: readonly string[],
  env: ProgramOptions['variables'],
  umask: number | undefined,
  more: object,
): Started {
  const options: Options = {
    cwd: '/',
    env,
    extendEnv: false,
    buffer: false,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
  };
  const spawn = (): Started =>
    execa(path, args, { ...options, cleanup: false, killSignal: 'SIGKILL', ...more }) as unknown as Started;
  if (umask === undefined) return spawn();
  // A program inherits dan's umask when it is started, and nothing else runs meanwhile.
  const own = process.umask(umask);
  try {
    return spawn();
  } finally {
    process.umask(own);
  }
}

// False if it has ended.
function killGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

const setpriv = '/usr/bin/setpriv';

// Never the caller's PATH: dan runs as root, but others control its environment.
const directories = '/usr/sbin:/usr/bin:/sbin:/bin';
