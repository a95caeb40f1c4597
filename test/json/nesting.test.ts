import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { danFileDepthLimit, depthLimit, nestingFault } from '../../src/json/nesting.ts';

const limits = fc.constantFrom(1, depthLimit, danFileDepthLimit);

/** A value inside nested lists and objects; each boolean selects one of them. */
function nested(value: string, isObject: readonly boolean[]): string {
  return isObject.reduce((inner, object) => (object ? `{"[{": ${inner}}` : `[0, ${inner}]`), value);
}

describe('the nesting of a JSON text', () => {
  it('is no fault up to the limit, and one beyond it, whatever the texts in it hold', () => {
    const text = fc.string().map((inner) => JSON.stringify(`${inner}[{"\\`));
    fc.assert(
      fc.property(limits, text, fc.array(fc.boolean(), { minLength: danFileDepthLimit }), (limit, value, turns) => {
        const deepest = turns.slice(0, limit);
        expect(nestingFault(nested(value, deepest), limit)).toBeUndefined();
        expect(nestingFault(nested(value, [...deepest, true]), limit)).toBe(`is nested more than ${limit} levels deep`);
      }),
    );
  });

  it('is not the number of its brackets', () => {
    expect(nestingFault(`[${'[],'.repeat(1000)}{}]`, depthLimit)).toBeUndefined();
    expect(nestingFault(`["${'['.repeat(1000)}"]`, depthLimit)).toBeUndefined();
  });

  it.each(['[', '{"a":', '[{"a":'])('is a fault with 300,000 times %s', (opening) => {
    expect(nestingFault(opening.repeat(300_000), depthLimit)).toBe('is nested more than 100 levels deep');
  });
});
