import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

/** How a process ended, and what it printed. */
interface SeenProcess {
  readonly exitCode: unknown;
  readonly seen: readonly unknown[];
}

/** Runs a process of on-native.ts; `tell` is called with each thing that it prints. */
export async function seeProcess(
  [program = '', ...args]: readonly string[],
  words: readonly string[],
  tell: (seen: unknown) => void = () => undefined,
): Promise<SeenProcess> {
  const child = spawn(program, [...args, '/tmp', ...words], {
    cwd: '/usr',
    env: { DAN_TEST: 'given' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen: unknown[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trimEnd().split('\n')) {
      seen.push(JSON.parse(line));
      tell(seen.at(-1));
    }
  });
  const [exitCode] = (await once(child, 'close')) as unknown[];
  return { exitCode, seen };
}

/** Tests what only a whole process shows, with a program that runs on-native.ts. */
export function describeProcess(commandOf: () => readonly string[]): void {
  it('has words, an environment and a directory', async () => {
    const seen = [{ rest: ['a', '', 'ï'], variables: 'given', directory: '/usr' }];
    expect(await seeProcess(commandOf(), ['args', 'a', '', 'ï'])).toEqual({ exitCode: 0, seen });
  });

  it('listens to signals, and ends itself', async () => {
    const told = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
    const ended = await seeProcess(commandOf(), ['signals'], (seen) => {
      const { pid, came } = seen as { readonly pid?: number; readonly came?: readonly string[] };
      const next = told[came?.length ?? 0];
      if (next !== undefined && pid !== undefined) process.kill(pid, next);
    });
    const pid = expect.any(Number);
    const came = (count: number): object => ({ pid, came: told.slice(0, count) });
    expect(ended).toEqual({ exitCode: 3, seen: [came(0), came(1), came(2), came(3)] });
  });

  it.each([
    ['thrown', 4, { uncaught: 'Error: thrown' }],
    ['rejected', 4, { uncaught: 'Error: rejected' }],
  ])('ends after %s', async (deed, exitCode, seen) => {
    expect(await seeProcess(commandOf(), [deed])).toEqual({ exitCode, seen: [seen] });
  });

  it('does not end after a rejection that is handled later', async () => {
    const { seen } = await seeProcess(commandOf(), ['rejected and handled']);
    expect(seen[0]).toEqual({ seen: 'Error: rejected' });
  });
}
