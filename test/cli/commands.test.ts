import { expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';

const choices = commands.flatMap(({ name, options }) =>
  options.flatMap(({ name: option, value, help }) =>
    Array.isArray(value?.kind) && value.kind.length > 1 ? [{ command: name, option, kind: value.kind, help }] : [],
  ),
);

it('dan validate --runtime is an option with a choice', () => {
  expect(choices.map(({ command, option }) => `${command} --${option}`)).toContain('validate --runtime');
});

it.each(choices)('the help of dan $command --$option names every value', ({ kind, help }) => {
  for (const value of kind) expect(help).toContain(value);
});
