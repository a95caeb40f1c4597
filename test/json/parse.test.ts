import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { danFileDepthLimit, depthLimit } from '../../src/json/nesting.ts';
import { parseWithin } from '../../src/json/parse.ts';

const limits = fc.constantFrom(1, depthLimit, danFileDepthLimit);

/** A value inside nested lists and objects; each boolean selects one of them. */
function nested(value: string, isObject: readonly boolean[]): string {
  return isObject.reduce((inner, object) => (object ? `{"[{": ${inner}}` : `[0, ${inner}]`), value);
}

const tooDeep = (limit: number) => ({ fault: `is nested more than ${limit} levels deep` });

describe('the nesting of a JSON text', () => {
  const text = fc.string().map((inner) => JSON.stringify(`${inner}[{"\\`));
  const turns = fc.array(fc.boolean(), { minLength: danFileDepthLimit });

  it('is no fault up to the limit, and one beyond it, whatever the texts in it hold', () => {
    fc.assert(
      fc.property(limits, text, turns, (limit, value, kinds) => {
        const deepest = nested(value, kinds.slice(0, limit));
        expect(parseWithin(deepest, limit)).toEqual({ value: JSON.parse(deepest) });
        expect(parseWithin(`[${deepest}]`, limit)).toEqual(tooDeep(limit));
      }),
    );
  });

  it('is the fault of a text that is not JSON only beyond the limit, whatever the texts in it hold', () => {
    fc.assert(
      fc.property(limits, text, turns, (limit, value, kinds) => {
        const deepest = nested(value, kinds.slice(0, limit));
        expect(parseWithin(`${deepest}]`, limit)).toEqual({ fault: expect.stringMatching(/^is not JSON: /) });
        expect(parseWithin(`[${deepest}`, limit)).toEqual(tooDeep(limit));
      }),
    );
  });

  it('is not the number of its brackets', () => {
    expect(parseWithin(`[${'[],'.repeat(1000)}{}]`, depthLimit)).toHaveProperty('value');
    expect(parseWithin(`["${'['.repeat(1000)}"]`, depthLimit)).toHaveProperty('value');
  });

  it.each(['[', '{"a":', '[{"a":'])('is a fault with 300,000 times %s', (opening) => {
    expect(parseWithin(opening.repeat(300_000), depthLimit)).toEqual(tooDeep(depthLimit));
  });
});
