import { type CommandOptions, type Finished, wait } from '../../../src/host/command.ts';
import type { System } from '../../../src/host/system/system.ts';
import { exists, readText } from '../../../src/host/files.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';
import { makeFile, refusalOf, type Seen, type Situations } from './seen.ts';

/** A function that runs a program to its end. */
export type Run = (path: string, args: readonly string[], options: CommandOptions) => Promise<Finished>;

/** How programs that are run can behave. */
export function runSituations(system: System, run: Run): Situations {
  const shell = (script: string, options: Partial<CommandOptions>, ...args: readonly string[]): Promise<Finished> =>
    run('/bin/sh', ['-c', script, 'sh', ...args], { timeoutSeconds: 10, ...options });
  const refusal = (running: Promise<Finished>): Promise<Seen> => refusalOf(() => running, 'name', 'code', 'message');
  const openFile = (directory: string): number => system.open(makeFile(system, directory), 'r');

  return {
    'its own environment': async () => {
      const { exitCode, stdout } = await shell('env; exit 3', {});
      // The shell adds some of its own.
      const lines = stdout.split('\n').filter((line) => !/^(PWD|_|SHLVL)=/.test(line));
      return { exitCode, lines: lines.sort() };
    },
    'a given environment': async () => ({ ...(await shell('env', { variables: { A: 'b', C: undefined } })) }),
    'its directory': async () => ({ ...(await shell('pwd', {})) }),
    'input and output': async () => ({ ...(await shell('cat; echo err >&2', { input: 'ïn\n' })) }),
    'no input': async () => ({ ...(await shell('cat; echo end', {})) }),
    'input that nobody reads': async () => ({ ...(await shell('exit 4', { input: 'x'.repeat(1024 * 1024) })) }),
    'a file as input': async (directory) => ({ ...(await shell('cat', { inputFile: openFile(directory) })) }),
    'output without an end of its line': async () => ({ ...(await shell('printf a; printf b >&2', {})) }),
    'much output': async () => ({ length: (await shell('head -c 3000000 /dev/zero', {})).stdout.length }),
    'too much output': async () => {
      const { exitCode, isTooMuch } = await shell('exec head -c 70000000 /dev/zero', {});
      return { exitCode, isTooMuch };
    },
    'a signal': async () => ({ ...(await shell('kill -TERM $$', {})) }),
    'a namespace': async (directory) => ({ ...(await shell('cat <&3', { descriptor: openFile(directory) })) }),
    'a lock': async (directory) => ({ ...(await shell('cat <&4', { lock: openFile(directory) })) }),
    'a namespace and a lock': async (directory) => ({
      ...(await shell('read a <&3; read b <&4; echo "$a $b"', {
        descriptor: openFile(directory),
        lock: openFile(directory),
      })),
    }),
    'no such program': () => refusal(run('/no/such', ['a'], { timeoutSeconds: 1 })),
    'no program at all': () => refusal(run('/etc/passwd', [], { timeoutSeconds: 1 })),
    'too late': async (directory) => {
      const pid = `${directory}/late`;
      const seen = await refusal(shell('echo $$ >"$1"; exec sleep 60', { timeoutSeconds: 0.2 }, pid));
      // Immediately: the program has ended when its end is reported.
      return { ...seen, isThere: exists(`/proc/${readText(pid).trim()}`) };
    },
    'too late, with what it started': async (directory) => {
      const pid = `${directory}/grandchild`;
      const options = { timeoutSeconds: 0.3, group: true };
      const seen = await refusal(shell('sleep 60 & echo $! >"$1"; wait', options, pid));
      return { ...seen, runs: await runs(pid) };
    },
    'what it left, which keeps its output': async (directory) => {
      const pid = `${directory}/orphan`;
      const begin = system.now();
      const seen = await shell('echo a; sleep 60 & echo $! >"$1"', { group: true }, pid);
      const isSoon = system.now() - begin < 3000;
      const left = Number(readText(pid));
      const isLeft = exists(`/proc/${left}`);
      system.kill(left, 'SIGKILL');
      return { ...seen, isSoon, isLeft };
    },
    'what it left, which prints on': async (directory) => {
      const options = { group: true, outputLimit: 10_000 };
      return { ...(await shell('yes >&2 & echo $! >"$1"; sleep 60', options, `${directory}/endless`)), stderr: '' };
    },
    'told to end': async () => {
      const interrupted = new Interruption();
      const running = refusal(shell('exec sleep 60', { timeoutSeconds: 60, interrupted }));
      interrupted.interrupt('SIGTERM');
      return await running;
    },
    'told to end while it runs': async (directory) => {
      const interrupted = new Interruption();
      const pid = `${directory}/told`;
      const running = refusal(shell('echo $$ >"$1"; exec sleep 60', { timeoutSeconds: 60, interrupted }, pid));
      while (!exists(pid) || readText(pid) === '') await wait(5);
      interrupted.interrupt('SIGTERM');
      const seen = await running;
      return { ...seen, isThere: exists(`/proc/${readText(pid).trim()}`) };
    },
    'told to end before': () => {
      const interrupted = new Interruption();
      interrupted.interrupt('SIGTERM');
      return refusal(shell('exec sleep 60', { timeoutSeconds: 60, interrupted }));
    },
  };

  /** Whether a process whose number is in a file still runs. The parent of orphans may not have reaped it yet. */
  async function runs(file: string): Promise<boolean> {
    const stat = `/proc/${readText(file).trim()}/stat`;
    const isThere = (): boolean => {
      try {
        return !/\) [ZX] /.test(readText(stat));
      } catch {
        return false;
      }
    };
    for (const end = system.now() + 5000; isThere() && system.now() < end; ) await wait(5);
    return isThere();
  }
}
