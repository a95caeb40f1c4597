import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { system } from '../../../src/host/system/node.ts';
import { otherSituations } from './other-situations.ts';
import { testSituations } from './test-situations.ts';
import { wantedOfOthers } from './wanted.ts';

describe('what else the system for Node has:', () => {
  testSituations(otherSituations(system), wantedOfOthers);
});

describe('a process on Node', () => {
  const script = fileURLToPath(new URL('on-native.ts', import.meta.url));

  /** How a process ended, and what it printed; `tell` is called with each that it prints. */
  async function see(words: readonly string[], tell: (seen: unknown) => void = () => undefined): Promise<unknown> {
    const child = spawn(process.execPath, [script, '/tmp', ...words], {
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

  it('has words, an environment and a directory', async () => {
    const seen = [{ rest: ['a', '', 'ï'], variables: 'given', directory: '/usr' }];
    expect(await see(['args', 'a', '', 'ï'])).toEqual({ exitCode: 0, seen });
  });

  it('listens to signals, and ends itself', async () => {
    const told = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
    const ended = await see(['signals'], (seen) => {
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
    ['rejected and handled', 0, { seen: 'Error: rejected' }],
    ['nothing more', 0, { is: 'the end' }],
  ])('ends after %s', async (deed, exitCode, seen) => {
    expect(await see([deed])).toEqual({ exitCode, seen: [seen] });
  });
});
