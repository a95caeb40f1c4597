import { expect, it } from 'vitest';
import { findSandbox } from '../../../src/cli/show/show.ts';

it.each([
  ['a1', ['a1', 'a12', 'b'], 'a1'],
  ['b', ['a1', 'bcd'], 'bcd'],
  ['bcd', ['bcd', 'bcd'], 'bcd'],
])('%s among %j is %s', (asked, sandboxes, sandbox) => {
  expect(findSandbox(asked, sandboxes)).toEqual({ sandbox });
});

it.each([
  ['x', ['a1'], 'no sandbox of this node has an id that begins with "x"'],
  ['', ['a1'], 'no sandbox of this node'],
  ['a', ['a1', 'a2', 'b'], '2 sandboxes have ids that begin with "a":\n  a1\n  a2'],
  ['\u001b[2J', [], '\\u001b[2J'],
])('%j among %j is none: %s', (asked, sandboxes, why) => {
  expect(findSandbox(asked, sandboxes)).toEqual({ why: expect.stringContaining(why) as string });
});
