import { describe, expect, it, test } from 'vitest';
import { findKnown, plainText } from '../../src/cli/explain/find.ts';
import { limits, limitText } from '../../src/model/limit.ts';

const met = limits.flatMap(({ name, codes, places, limit, cure }) =>
  codes.flatMap((code) =>
    (places.length === 0 ? (['up', 'file', 'program'] as const) : places).map((place) => ({
      name,
      code,
      place,
      said: `: ${limit.replace('{}', ' br0')}: ${cure}`,
    })),
  ),
);

test.each(met)('$code at $place is told as the limit $name, and how to raise it', ({ code, place, said }) => {
  expect(limitText(code, place, 'br0')).toBe(said);
});

test('a full bridge is named', () => {
  expect(limitText('EXFULL', 'master', 'br0')).toBe(
    ': the bridge br0 has the 1023 ports that the kernel gives a bridge: use another bridge for more pods',
  );
});

test.each([
  ['EPERM', 'master'],
  ['EXFULL', 'up'],
  ['EROFS', 'tap-add'],
  ['ENOSPC', 'master'],
  [undefined, 'file'],
] as const)('%s at %s is no limit', (code, place) => {
  expect(limitText(code, place)).toBe('');
});

describe('dan explain', () => {
  it.each(limits.flatMap(({ name, says }) => says.map((said) => [name, said] as const)))(
    'recognizes %s in: %s',
    (name, said) => {
      expect(findKnown(plainText(said)).map((row) => row.name)[0]).toBe(name);
    },
  );

  it('says of the message of an ADD which limit it is', () => {
    const said = 'the kernel refused "ip link set dev dan9c8b661e3a0 master br0": Exchange full [command-failed]';
    const [error, limit] = findKnown(plainText(said));
    expect([error?.name, limit?.name]).toEqual(['command-failed', 'bridge-full']);
    expect(limit).toMatchObject({
      meaning: 'The bridge has the 1023 ports that the kernel gives a bridge.',
      cure: 'use another bridge for more pods.',
    });
  });
});
