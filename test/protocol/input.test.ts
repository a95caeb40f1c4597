import { describe, expect, it } from 'vitest';

import { inputLimit, parseInput } from '../../src/protocol/input.ts';
import { networkOf } from './calls.ts';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A valid configuration with this number of bytes. */
function ofLength(length: number): Uint8Array {
  const text = JSON.stringify({ ...networkOf('1.1.0'), pad: '' });
  return bytes(text.replace('"pad":""', `"pad":"${'x'.repeat(length - text.length)}"`));
}

describe('the network configuration on stdin', () => {
  it.each([
    ['nothing', bytes(''), 'it is empty'],
    ['white space', bytes(' \n'), 'JSON'],
    ['no JSON', bytes('{"cniVersion": "1.1.0"'), 'JSON'],
    ['two documents', bytes('{} {}'), 'JSON'],
    ['a list', bytes('[{}]'), 'it is not a JSON object'],
    ['null', bytes('null'), 'it is not a JSON object'],
    ['text', bytes('"text"'), 'it is not a JSON object'],
    ['bytes that are not UTF-8', new Uint8Array([...bytes('{"name":"'), 0xc3, 0x28, ...bytes('"}')]), 'not valid'],
    ['half a character', bytes('{"name":"ä"}').slice(0, 10), 'not valid'],
    ['more than 1 MiB', ofLength(inputLimit + 1), 'it has more than 1048576 bytes'],
  ])('is refused with 6: %s', (_what, input, why) => {
    expect(() => parseInput(input)).toThrow(
      expect.objectContaining({
        name: 'undecodable-input',
        code: 6,
        message: expect.stringMatching(
          new RegExp(
            `^the network configuration on stdin cannot be read: .*${why}.*; a CNI runtime passes one JSON object`,
          ),
        ),
      }),
    );
  });

  it('may have 1 MiB, and comes back as it is', () => {
    expect(inputLimit).toBe(1024 * 1024);
    expect(ofLength(inputLimit)).toHaveLength(inputLimit);
    expect(parseInput(ofLength(inputLimit)).name).toBe('kata-net');
    const document = { cniVersion: '0.4.0', name: 'kata-net', type: 'dan', deep: [{ ä: null }] };
    expect(parseInput(bytes(JSON.stringify(document)))).toEqual({ cniVersion: '0.4.0', name: 'kata-net', document });
  });

  it('may begin with a byte order mark', () => {
    expect(parseInput(bytes(`\uFEFF${JSON.stringify(networkOf('1.1.0'))}`)).name).toBe('kata-net');
  });

  it.each(['a', '0', 'kata-net', 'A.b_c-d'])('may be named %j', (name) => {
    expect(parseInput(bytes(JSON.stringify({ cniVersion: '1.0.0', name }))).name).toBe(name);
  });

  it.each(['', '-a', '.a', 'a/b', 'a b', 'a\n', 'ä', 7, null, ['a'], undefined])('must not be named %j', (name) => {
    expect(() => parseInput(bytes(JSON.stringify({ cniVersion: '1.0.0', name })))).toThrow(
      expect.objectContaining({
        name: 'invalid-configuration',
        code: 7,
        message: expect.stringContaining(`the network's "name" ${JSON.stringify(name ?? '')} must start with`),
      }),
    );
  });
});
