import { execa } from 'execa';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as node from '../../src/bytes/node.ts';
import {
  bytesWithin,
  nearlyBase64,
  nearlyRecords,
  nearlyUtf8,
  texts,
  words,
} from '../../test/bytes/arbitrary-bytes.ts';
import { kinds } from '../../test/bytes/numbers.ts';
import { buildForHost } from './programs.ts';

/** A call of a function of `#bytes`. */
type CallOfBytes = readonly [name: string, ...args: readonly unknown[]];

const place = fc.integer({ min: -2, max: 12 });
const short = fc.uint8Array({ maxLength: 10 });

const calls: fc.Arbitrary<CallOfBytes> = fc.oneof(
  fc.tuple(fc.constantFrom('utf8', 'sha256'), texts),
  fc.tuple(fc.constantFrom('text', 'strictText'), nearlyUtf8),
  fc.tuple(fc.constantFrom('latin1', 'hex', 'base64', 'sha256'), bytesWithin),
  // Node's results for other texts are not consistent.
  fc.tuple(
    fc.constant('fromBase64'),
    nearlyBase64.filter((text) => /^[\0-\x7f]*$/.test(text)),
  ),
  fc.tuple(fc.constant('concat'), fc.array(bytesWithin, { maxLength: 5 })),
  ...Object.keys(kinds).map((kind) => fc.tuple(fc.constant(`read${kind}`), short, place)),
  fc.tuple(fc.constant('fromHex'), bytesWithin.map(node.hex)),
  fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.array(short, { maxLength: 3 }))
    .map(([type, values]) => ['record', type, ...values] as const),
  fc
    .tuple(nearlyRecords, fc.integer({ min: 0, max: 12 }), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }))
    .map(([bytes, start, types]) => ['records', bytes, start, ...types] as const),
  words.map((numbers) => ['words', ...numbers] as const),
  fc.tuple(fc.constant('readUint64'), fc.uint8Array({ maxLength: 20 }), place),
);

function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) return { bytes: node.hex(value) };
  return typeof value === 'bigint' ? { bigint: String(value) } : (value ?? null);
}

function answerOfNode([name, ...args]: CallOfBytes): unknown {
  const functions: Readonly<Record<string, unknown>> = node;
  const given = args.map((one) => (one instanceof Uint8Array ? Uint8Array.from(one) : one));
  try {
    const result = (functions[name] as (...all: unknown[]) => unknown)(...given);
    return { result: toJson(result), after: given.map(toJson) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}

describe('the bytes of the executable', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildForHost('test/bytes/on-native.ts', 'bytes');
  });

  async function answersOfHost(asked: readonly CallOfBytes[]): Promise<readonly unknown[]> {
    const input = JSON.stringify(asked.map(([name, ...args]) => [name, ...args.map(toJson)]));
    const { stdout } = await execa(program, [], { input });
    return JSON.parse(stdout) as unknown[];
  }

  it('do with 5,000 calls at random what those of Node do', async () => {
    const asked = fc.sample(calls, { numRuns: 5000, seed: 1 });
    const answers = await answersOfHost(asked);
    const wanted = asked.map(answerOfNode);
    asked.forEach((call, at) => {
      expect({ call, answer: answers[at] }).toEqual({ call, answer: wanted[at] });
    });
  });

  it.each<[string, CallOfBytes]>([
    ['a number for a text', ['utf8', 1]],
    ['a text for bytes', ['hex', 'ab']],
    ['nothing for bytes', ['text']],
    ['a list for bytes', ['sha256', [1, 2]]],
    ['a text in a list of bytes', ['concat', ['a']]],
    ['bytes for a list', ['concat', new Uint8Array(2)]],
    ['a fraction for a place', ['readUint8', new Uint8Array(4), 0.5]],
    ['a text for a place', ['readUint8', new Uint8Array(4), '0']],
    ['nothing for a place', ['readUint8', new Uint8Array(4)]],
    ['a fraction for a number', ['words', 1, 0.5]],
    ['a text for a number', ['words', '1']],
    ['a text for digits', ['fromHex', 'xy']],
    ['a text for a type', ['records', new Uint8Array(8), 0, '1']],
    ['a text for a value', ['record', 1, 'a']],
  ])('refuse %s with a TypeError', async (_, call) => {
    expect(await answersOfHost([call])).toEqual([{ error: 'TypeError' }]);
  });

  it.each<[string, CallOfBytes]>([
    ['a number below 32 bits', ['words', -0x8000_0001]],
    ['a number beyond 32 bits', ['words', 0x1_0000_0000]],
    ['a record longer than 16 bits can say', ['record', 1, new Uint8Array(0xffff)]],
    ['more numbers than there is room for', ['words', ...Array.from({ length: 17 }, () => 0)]],
  ])('refuse %s with a RangeError', async (_, call) => {
    expect(await answersOfHost([call])).toEqual([{ error: 'RangeError' }]);
  });
});
