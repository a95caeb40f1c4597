import { expect, test } from 'vitest';
import { areas } from '../../../src/cli/doctor/areas.ts';
import { checkTexts } from '../../../src/cli/doctor/check.ts';

test('checks.json has a text that belongs to no check, or lacks one, or has them in another order', () => {
  expect(Object.keys(checkTexts)).toEqual(areas.flatMap(({ checks }) => checks.map(({ id }) => id)));
});
