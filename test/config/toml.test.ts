import { expect, test } from 'vitest';
import { parseToml } from '../../src/config/toml.ts';

test('a text that is nested more than 100 levels deep is refused as that, before the parser runs out of stack', () => {
  const nested = (levels: number): string => `a = ${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(parseToml(nested(99)).ok).toBe(true);
  expect(parseToml(nested(101))).toMatchObject({ ok: false, why: expect.stringContaining('nested') as string });
});
