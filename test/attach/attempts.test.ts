import { describe, expect, it } from 'vitest';

import { attemptAll } from '../../src/attach/attempts.ts';
import { danError } from '../../src/model/error.ts';

describe('attemptAll', () => {
  it('makes the attempts in order, one after the other', async () => {
    const done: string[] = [];
    await attemptAll([
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        done.push('a');
      },
      () => {
        done.push('b');
      },
    ]);
    expect(done).toEqual(['a', 'b']);
    await expect(attemptAll([])).resolves.toBeUndefined();
  });

  it('makes every attempt, and throws the first failure with the others in its details', async () => {
    const done: string[] = [];
    const fail = (error: unknown) => () => {
      throw error;
    };
    const attempts = [
      fail(danError('command-failed', 'first', 'said')),
      () => Promise.reject(new Error('second')),
      fail('third'),
      () => {
        done.push('last');
      },
    ];
    await expect(attemptAll(attempts)).rejects.toMatchObject({
      name: 'command-failed',
      code: 113,
      message: 'first',
      details: 'said; second; third',
    });
    expect(done).toEqual(['last']);
  });

  it('throws an unexpected error unchanged', async () => {
    const bug = new TypeError('bug');
    await expect(attemptAll([() => Promise.reject(bug), () => undefined])).rejects.toBe(bug);
  });
});
