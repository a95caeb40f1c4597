import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fromBase64, hex } from '#bytes';
import { toFunctions as ofIproute } from '../../../src/host/iproute/answers.ts';
import { getFunctions, setFunction, toFunctions } from '../../../src/host/netlink/functions.ts';
import { decode, encode } from '../../../src/host/netlink/message.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import type { FunctionChange } from '../../../src/model/virtual-function.ts';

/** What `ip` received and printed about a card with two functions (igb), and what it sent about the second. */
const recorded = JSON.parse(readFileSync(new URL('fixtures/functions.json', import.meta.url), 'utf8')) as {
  readonly answer: string;
  readonly printed: readonly JsonObject[];
  readonly requests: readonly { readonly change: FunctionChange; readonly sequence: number; readonly sent: string }[];
};
const [answer] = decode(fromBase64(recorded.answer));

describe('what a card says of its functions', () => {
  it('is read from the kernel as `ip` prints it', () => {
    expect(toFunctions(answer!)).toEqual(ofIproute(recorded.printed));
    expect(toFunctions(answer!).get(1)).toEqual({
      ...{ mac: '02:00:00:00:02:01', vlan: 100, vlanQoS: 3, vlanProto: '802.1q', spoofchk: 'off', trust: 'on' },
      ...{ linkState: 'auto', minTxRate: 0, maxTxRate: 100 },
    });
  });

  it('is nothing where a link has none, and no fault where the answer is cut short or spoilt', () => {
    expect(toFunctions({ ...answer!, body: answer!.body.subarray(0, 40) }).size).toBe(0);
    fc.assert(
      fc.property(fc.nat(answer!.body.length - 1), fc.nat(255), fc.nat(answer!.body.length), (at, byte, length) => {
        const body = answer!.body.slice(0, length);
        if (at < length) body[at] = byte;
        try {
          toFunctions({ ...answer!, body });
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('is asked for with the mark without which the kernel leaves it out', () => {
    // IFLA_EXT_MASK (29) with RTEXT_FILTER_VF and RTEXT_FILTER_SKIP_STATS.
    expect(hex(getFunctions('eth0').body)).toContain('08001d0009000000');
  });
});

describe('a change of a function', () => {
  it.each(recorded.requests)('$change is sent as `ip` sends it', ({ change, sequence, sent }) => {
    expect(hex(encode(setFunction(2, 1, change), sequence))).toBe(sent);
  });
});
