import { expect, it } from 'vitest';
import { firstRemarks, mostRemarks, type Remark } from '../../../src/cli/validate/remark.ts';

const remark = (severity: Remark['severity'], text: string): Remark => ({ severity, where: 'mtu', text });
const many = Array.from({ length: mostRemarks }, (_, at) => remark('note', `remark ${at}`));

it('remarks that are not too many stay as they are', () => {
  expect(firstRemarks(many)).toBe(many);
});

it.each([
  ['error', [remark('note', 'a'), remark('error', 'b'), remark('warning', 'c')]],
  ['warning', [remark('warning', 'a'), remark('note', 'b')]],
  ['note', [remark('note', 'a')]],
] as const)('of too many remarks the rest is counted, as grave as its gravest: %s', (severity, rest) => {
  expect(firstRemarks([...many, ...rest])).toEqual([...many, { severity, where: '', text: `and ${rest.length} more` }]);
});
