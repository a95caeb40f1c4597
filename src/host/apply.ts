import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { danError } from '../model/error.ts';
import type { Operation } from '../model/operation.ts';
import type { CniError } from '../protocol/error.ts';
import { type Step, stepOf } from './batch-lines.ts';
import { collect, type Finished, minimalVariables, run, within } from './command.ts';
import { toolPath } from './tools.ts';

/**
 * Carries a list of operations out, in order, with one `ip` process and, where VLANs are set, one `bridge`.
 * Throws `command-failed` at the first that fails: those before it are done. What exists then is for the caller to look
 * up; the batch does not tell reliably.
 */
export async function apply(operations: readonly Operation[], timeoutSeconds: number): Promise<void> {
  const batch = new IpBatch();
  const work = carryOut(operations.map(stepOf), batch, timeoutSeconds);
  await within(timeoutSeconds, batch, 'ip -batch -', work);
}

async function carryOut(steps: readonly Step[], batch: IpBatch, timeoutSeconds: number): Promise<void> {
  try {
    for (const [at, step] of steps.entries()) {
      if (step.by === 'ip') {
        batch.write(step.line);
        continue;
      }
      await batch.settled();
      if (step.by === 'sysctl') writeSysctl(step.path, step.value);
      // A run of bridge lines is one process, started at its first line.
      else if (steps[at - 1]?.by !== 'bridge') await bridgeBatch(runFrom(steps, at), timeoutSeconds);
    }
  } finally {
    await batch.end();
  }
}

/** One `ip -batch -` that is fed as work goes on: a sysctl of a link needs the link, and comes before the link is up. */
class IpBatch {
  readonly #child = spawn(toolPath('ip'), ['-j', '-batch', '-'], { env: minimalVariables, cwd: '/' });
  readonly #finished: Promise<Finished>;

  constructor() {
    this.#finished = collect(this.#child, 'ip', ['-batch', '-']);
    this.#finished.catch(() => undefined); // Awaited in end(); a failure before that must not count as unhandled.
    this.#child.stdin.on('error', () => undefined); // ip ends at a failing line: its exit code tells.
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves when every line written so far is done: ip prints the answer to one more line. */
  async settled(): Promise<void> {
    const answer = new Promise<void>((resolve) => {
      this.#child.stdout.once('data', () => {
        resolve();
      });
    });
    this.write('link show dev lo');
    const finished = await Promise.race([answer, this.#finished]);
    if (finished !== undefined) throw failed('ip -batch -', finished);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    const finished = await this.#finished;
    if (finished.exitCode !== 0) throw failed('ip -batch -', finished);
  }

  kill(signal: 'SIGKILL'): boolean {
    return this.#child.kill(signal);
  }
}

function runFrom(steps: readonly Step[], start: number): string[] {
  const lines: string[] = [];
  for (const step of steps.slice(start)) {
    if (step.by !== 'bridge') break;
    lines.push(step.line);
  }
  return lines;
}

async function bridgeBatch(lines: readonly string[], timeoutSeconds: number): Promise<void> {
  const finished = await run(toolPath('bridge'), ['-batch', '-'], { input: `${lines.join('\n')}\n`, timeoutSeconds });
  if (finished.exitCode !== 0) throw failed('bridge -batch -', finished);
}

// A kernel without IPv6 has nothing to switch off.
function writeSysctl(path: string, value: string): void {
  if (!existsSync('/proc/sys/net/ipv6')) return;
  try {
    writeFileSync(path, value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw danError('command-failed', `${path} cannot be set to ${value}: ${why}; see that /proc/sys is writable`);
  }
}

function failed(command: string, { exitCode, stderr }: Finished): CniError {
  const said = stderr.trim().replaceAll('\n', '; ');
  return danError('command-failed', `"${command}" ended with ${exitCode} and said: ${said === '' ? 'nothing' : said}`);
}
