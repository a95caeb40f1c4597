import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  type CommandOptions,
  type Finished,
  furtherFiles,
  killGroup,
  minimalVariables,
  notStarted,
  outputLimit,
  type Program,
} from './program.ts';

/** Starts a program by absolute path, without a shell, as Node does it. */
export function startProgram(path: string, args: readonly string[], options: CommandOptions): Program {
  const child = start(path, args, options);
  const finished = collect(child, path, args, options.encoding);
  // With a file for it, there is no stream. A program that ends without reading its input: its exit code tells.
  const stdin = child.stdin as ChildProcessWithoutNullStreams['stdin'] | null;
  stdin?.on('error', () => undefined);
  stdin?.end(options.input ?? '');
  return {
    finished,
    kill: (signal) => (options.group === true ? killGroup(child.pid, signal) : child.kill(signal)),
  };
}

/** Starts a program whose first three files are pipes that whoever starts it uses. */
export function start(
  path: string,
  args: readonly string[],
  options: Pick<CommandOptions, 'variables' | 'descriptor' | 'lock' | 'inputFile' | 'group'> = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(path, args, {
    env: options.variables ?? minimalVariables,
    cwd: '/',
    stdio: [options.inputFile ?? 'pipe', 'pipe', 'pipe', ...furtherFiles(options)],
    detached: options.group ?? false,
  }) as ChildProcessWithoutNullStreams;
  // Whoever gets it may come to listen a moment later.
  child.on('error', () => undefined);
  return child;
}

/** Gathers a child's output until it ends. */
export function collect(
  child: ChildProcessWithoutNullStreams,
  path: string,
  args: readonly string[],
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<Finished> {
  return new Promise((resolve, fail) => {
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding(encoding).on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > outputLimit) child.kill('SIGKILL');
      });
    }
    child.on('error', (error) => {
      fail(notStarted(path, args, error));
    });
    child.on('close', (exitCode) => {
      resolve({ exitCode: exitCode ?? -1, ...output });
    });
  });
}
