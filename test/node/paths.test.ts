import { afterEach, beforeEach, expect, test } from 'vitest';
import { globIn, resolvedIn } from '../../src/node/paths.ts';
import { MadeUpNode } from '../cli/doctor/made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = new MadeUpNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

test('a link is followed as the node would follow it', () => {
  node.write({ '/opt/a/x': '', '/etc/a': { link: '/opt/a' } });
  expect(resolvedIn(node, '/etc/a/x')).toBe('/opt/a/x');
  expect(resolvedIn(node, '/none/x')).toBe('/none/x');
});

test('a star stands for any part of a name, in any place', () => {
  node.write({ '/etc/c/a/1.toml': '', '/etc/c/b/2.toml': '', '/etc/c/b/3.txt': '' });
  expect(globIn(node, '/etc/c/*/*.toml')).toEqual(['/etc/c/a/1.toml', '/etc/c/b/2.toml']);
  expect(globIn(node, '/etc/none/*.toml')).toEqual([]);
});
