import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../src/host/command.ts';
import type { CommandOptions, Finished } from '../../../src/host/program/program.ts';

// What programs that are run can come to. Each function tells what was seen, in a directory of its own, as JSON can say it:
// they are called by Node, and by Bun in a process of its own.

/** What was seen: how a program ended, or why it was refused, and more. */
export type Seen = Readonly<Record<string, unknown>>;

const shell = (script: string, options: Partial<CommandOptions>, ...args: readonly string[]): Promise<Finished> =>
  run('/bin/sh', ['-c', script, 'sh', ...args], { timeoutSeconds: 10, ...options });

async function refusalOf(running: Promise<unknown>): Promise<Seen> {
  try {
    return { refused: false, ended: await running };
  } catch (error) {
    const { name, code, message } = error as { name: unknown; code: unknown; message: unknown };
    return { refused: true, name, code, message };
  }
}

/** A file that is open, and says so. */
function openFile(directory: string): number {
  const path = join(directory, 'file');
  writeFileSync(path, 'file\n');
  return openSync(path, 'r');
}

/** Whether a process whose number is in a file still runs. Whoever takes in orphans may not have buried it yet. */
async function runs(file: string): Promise<boolean> {
  const stat = `/proc/${readFileSync(file, 'utf8').trim()}/stat`;
  const isThere = (): boolean => existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  for (const end = Date.now() + 5000; isThere() && Date.now() < end; ) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  return isThere();
}

export const situations = {
  'its own environment': async () => ({ ...(await shell('env; exit 3', {})) }),
  'a given environment': async () => ({ ...(await shell('env', { variables: { A: 'b', C: undefined } })) }),
  'input and output': async () => ({ ...(await shell('cat; echo err >&2', { input: 'in\n' })) }),
  'no input': async () => ({ ...(await shell('cat; echo end', {})) }),
  'input that nobody reads': async () => ({ ...(await shell('exit 4', { input: 'x'.repeat(1024 * 1024) })) }),
  'a file as input': async (directory) => ({ ...(await shell('cat', { inputFile: openFile(directory) })) }),
  'every byte': async () => {
    const { stdout } = await shell('printf "\\303\\251\\377"', { encoding: 'latin1' });
    return { bytes: [...Buffer.from(stdout, 'latin1')] };
  },
  'much output': async () => ({ length: (await shell('head -c 3000000 /dev/zero', {})).stdout.length }),
  'too much output': async () => {
    const { exitCode } = await shell('exec head -c 70000000 /dev/zero', {});
    return { exitCode };
  },
  'a signal': async () => ({ ...(await shell('kill -TERM $$', {})) }),
  'a namespace': async (directory) => ({ ...(await shell('cat <&3', { descriptor: openFile(directory) })) }),
  'a lock': async (directory) => ({
    ...(await shell('cat <&4', { lock: openFile(directory) })),
  }),
  'no such program': () => refusalOf(run('/no/such', ['a'], { timeoutSeconds: 1 })),
  'no program at all': () => refusalOf(run('/etc/passwd', [], { timeoutSeconds: 1 })),
  'too late': async (directory) => {
    const pid = join(directory, 'late');
    const seen = await refusalOf(shell('echo $$ >"$1"; exec sleep 60', { timeoutSeconds: 0.2 }, pid));
    // At once: it has ended when that is told.
    const isThere = existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`);
    return { ...seen, isThere };
  },
  'too late, with what it started': async (directory) => {
    const pid = join(directory, 'grandchild');
    const seen = await refusalOf(shell('sleep 60 & echo $! >"$1"; wait', { timeoutSeconds: 0.3, group: true }, pid));
    return { ...seen, runs: await runs(pid) };
  },
  'told to end': async () => {
    const interruption = new AbortController();
    const running = refusalOf(shell('exec sleep 60', { timeoutSeconds: 60, interrupted: interruption.signal }));
    interruption.abort('SIGTERM');
    return { ...(await running) };
  },
  'told to end before': () =>
    refusalOf(shell('exec sleep 60', { timeoutSeconds: 60, interrupted: AbortSignal.abort('SIGTERM') })),
} as const satisfies Readonly<Record<string, (directory: string) => Promise<Seen>>>;
