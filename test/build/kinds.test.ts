import { expect, it } from 'vitest';
import { kindQuestions } from '../../build/kinds/questions.ts';

const kinds = ['host-tap', 'macvtap'];

it.each([
  "const isTap = recorded === 'host-tap';",
  "if ('macvtap' != name) leave();",
  'switch (name) { case `host-tap`: make(); }',
  'if (device.kind === wanted) make();',
  'if (attachment.device.kind !== other) make();',
  'switch (attachment.device.kind) { default: make(); }',
  "if ('tap' in device) make();",
  "if ('tap' in request) make();",
])('the check of kinds finds the question in: %s', (source) => {
  expect(kindQuestions(`\n${source}`, kinds)).toEqual([{ line: 2, text: expect.any(String) }]);
});

it.each([
  "const config = { device: 'host-tap' };",
  "const isOther = recorded === 'tap';",
  'if (check.kind === wanted) make();',
  'const { kind } = kindOf(attachment.device);',
  "if ('tap' in known) make();",
  "log('the device is of the kind host-tap');",
])('the check of kinds finds nothing in: %s', (source) => {
  expect(kindQuestions(source, kinds)).toEqual([]);
});
