import { expect, test } from 'vitest';
import { seenAndCure } from '../../../../src/cli/doctor/ovs/sentence.ts';

test.each([
  ['it is broken: mend it', 'it is broken', 'mend it'],
  ['it (at a: b (c)) is broken: say "a": "b"', 'it (at a: b (c)) is broken', 'say "a": "b"'],
  ['unix:/run/db.sock is broken', 'unix:/run/db.sock is broken', ''],
])('%s', (message, seen, cure) => {
  expect(seenAndCure(message)).toEqual({ seen, cure });
});
