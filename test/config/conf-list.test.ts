import { expect, test } from 'vitest';
import { isConfFile, parseConfList } from '../../src/config/conf-list.ts';

test.each([
  ['a.conf', true],
  ['a.conflist', true],
  ['a.json', true],
  ['a.conflist.bak', false],
  ['.conf~', false],
  ['conf', false],
])('%s is a network configuration: %s', (name, is) => {
  expect(isConfFile(name)).toBe(is);
});

test('a file of one plugin is a list of it', () => {
  const parsed = parseConfList('a.conf', '{"name": "n", "cniVersion": "1.0.0", "type": "dan"}');
  expect(parsed).toEqual({
    ok: true,
    value: { name: 'n', cniVersion: '1.0.0', plugins: [{ name: 'n', cniVersion: '1.0.0', type: 'dan' }] },
  });
});

test('a file that is nested without end is refused with the limit', () => {
  const text = `{"type": "dan", "a": ${'['.repeat(100)}${']'.repeat(100)}}`;
  expect(parseConfList('a.conf', text)).toEqual({ ok: false, why: 'is nested more than 100 levels deep' });
});
