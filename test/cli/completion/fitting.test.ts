import { expect, it } from 'vitest';
import type { Command } from '../../../src/command/command.ts';
import { fitting } from '../../../src/cli/completion/completion.ts';

const weigh: Command = {
  name: 'weigh',
  summary: '',
  description: [],
  arguments: [
    { name: 'SCALE', kind: ['coarse', 'fine'] },
    { name: 'SANDBOX', kind: 'sandbox' },
    { name: 'FILE', kind: 'file', optional: true },
  ],
  options: [
    { name: 'json', help: '' },
    { name: 'unit', help: '', value: { name: 'UNIT', kind: ['gram', 'tonne'] } },
  ],
  examples: [],
  load: () => Promise.resolve(() => 0),
};
const family = ['net add', 'net del'].map((name) => ({ ...weigh, name }));
const commands = [weigh, { ...weigh, name: 'wait', arguments: [] }, ...family];
const sandboxes = () => ['a1', 'a2', 'b1'];

it.each([
  [[''], ['weigh', 'wait', 'net', 'help']],
  [
    ['net', ''],
    ['add', 'del', '--help'],
  ],
  [['net', 'ad'], ['add']],
  [
    ['net', 'del', ''],
    ['coarse', 'fine'],
  ],
  [['net', 'nonsense', ''], []],
  [['w'], ['weigh', 'wait']],
  [['-'], ['--help', '--version']],
  [['help', 'we'], ['weigh']],
  [['help', 'weigh', ''], []],
  [
    ['weigh', ''],
    ['coarse', 'fine'],
  ],
  [
    ['weigh', 'fine', 'a'],
    ['a1', 'a2'],
  ],
  [['weigh', 'fine', 'a1', ''], []],
  [['weigh', 'fine', 'a1', 'file', ''], []],
  [
    ['weigh', '--'],
    ['--json', '--unit', '--help'],
  ],
  [
    ['weigh', '--unit', ''],
    ['gram', 'tonne'],
  ],
  [['weigh', '--unit', 'gram', '--json', 'c'], ['coarse']],
  [['weigh', '--unit=gram', 'c'], ['coarse']],
  [['wait', ''], []],
  [['nonsense', ''], []],
])('after %j comes %j', (line, expected) => {
  expect(fitting(line, commands, sandboxes)).toEqual(expected);
});
