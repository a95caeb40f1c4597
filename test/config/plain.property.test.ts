import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlain } from '../../src/config/plain.ts';
import { networkSchema } from '../../src/config/schema.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { acceptedValues, refusedInside, refusedValues } from './keys.ts';
import { least } from './reading.ts';

const keys = Object.keys(networkSchema.shape);

/** Values that somebody has written for a key, right or wrong. */
const written = new Map<string, unknown[]>();
for (const [key, value] of [
  ...acceptedValues,
  ...refusedValues,
  ...refusedInside.flatMap(([one]) => Object.entries(one)),
]) {
  written.set(key, [...(written.get(key) ?? []), value]);
}

/** A value of the key, of another key, or anything that JSON can say. */
function anyValue(key: string): fc.Arbitrary<unknown> {
  const own = written.get(key) ?? [];
  const others = [...written.values()].flat();
  return fc.oneof(
    { arbitrary: own.length === 0 ? fc.jsonValue() : fc.constantFrom(...own), weight: 8 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
    { arbitrary: fc.jsonValue(), weight: 1 },
    { arbitrary: fc.constantFrom(-1, -0, 0.5, 1e300, 2 ** 53, '', '__proto__', null, [], {}, [null]), weight: 1 },
  );
}

const anyEntry = fc
  .oneof({ arbitrary: fc.constantFrom(...keys), weight: 30 }, { arbitrary: fc.string(), weight: 1 })
  .chain((key) => anyValue(key).map((value) => [key, value] as const));

// As it would come from a file: keys such as __proto__ are keys like any other.
const anyConfiguration = fc
  .array(anyEntry, { maxLength: 6 })
  .map((entries) => JSON.parse(jsonOf([...Object.entries(least), ...entries])) as JsonObject);

function jsonOf(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** What the schema makes of a configuration; undefined: it is refused. */
function bySchema(configuration: JsonObject): unknown {
  const { success, data } = networkSchema.safeParse(configuration);
  return success ? data : undefined;
}

describe('what is read without the schema', () => {
  // Twenty thousand configurations take seconds.
  it('is what the schema makes of it', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(anyConfiguration, (configuration) => {
        const plain = readPlain(configuration);
        if (plain !== undefined) expect(plain).toStrictEqual(bySchema(configuration));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(acceptedValues)('may have %s be %j', (key, value) => {
    const configuration = { ...least, [key]: value };
    expect(readPlain(configuration)).toStrictEqual(bySchema(configuration));
    expect(readPlain(configuration)).toBeDefined();
  });

  it.each(refusedValues)('has not %s be %j', (key, value) => {
    expect(readPlain({ ...least, [key]: value })).toBeUndefined();
  });

  it.each(refusedInside)('is not %j', (changes) => {
    const configuration = { ...least, ...changes };
    expect(readPlain(configuration)).toStrictEqual(bySchema(configuration));
  });
});
