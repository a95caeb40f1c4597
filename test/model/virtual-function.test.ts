import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  changesTo,
  type FunctionChange,
  type FunctionRow,
  type FunctionSettings,
  givenBack,
  linkStates,
  onOff,
  rowPart,
  settingsIn,
  vlanProtocols,
} from '../../src/model/virtual-function.ts';

const values = {
  mac: fc
    .nat(0xffff)
    .map(
      (number) =>
        `02:00:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 0xff).toString(16).padStart(2, '0')}`,
    ),
  vlan: fc.integer({ min: 0, max: 3 }),
  vlanQoS: fc.integer({ min: 0, max: 7 }),
  vlanProto: fc.constantFrom(...vlanProtocols),
  spoofchk: fc.constantFrom(...onOff),
  trust: fc.constantFrom(...onOff),
  linkState: fc.constantFrom(...linkStates),
  minTxRate: fc.integer({ min: 0, max: 2 }),
  maxTxRate: fc.integer({ min: 0, max: 2 }),
};
const row: fc.Arbitrary<FunctionRow> = fc.record(values);
const settings = fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<FunctionSettings>;

/** The row after a driver has made all requested changes. */
function done(of: FunctionRow, changes: readonly FunctionChange[]): FunctionRow {
  return changes.reduce<FunctionRow>((now, { set, ...change }) => {
    return 'to' in change ? { ...now, [set]: change.to } : { ...now, ...change };
  }, of);
}

it('the changes of a row make it what settings ask, leave the rest, and are none where it is so already', () => {
  fc.assert(
    fc.property(row, settings, (before, asked) => {
      const after = done(before, changesTo(before, asked));
      expect(after).toEqual({ ...before, ...asked });
      expect(changesTo(after, asked)).toEqual([]);
    }),
  );
});

it('what was set is given back, also where not all was set yet', () => {
  fc.assert(
    fc.property(row, settings, fc.nat(6), (before, asked, killedAfter) => {
      const now = done(before, changesTo(before, asked).slice(0, killedAfter));
      const { back, foreign } = givenBack(now, asked, rowPart(before, asked));
      expect(foreign).toEqual([]);
      expect(done(now, changesTo(now, back))).toEqual(before);
    }),
  );
});

it('what somebody has changed since stays', () => {
  fc.assert(
    fc.property(row, settings, row, (before, asked, now) => {
      const { back, foreign } = givenBack(now, asked, rowPart(before, asked));
      const after = done(now, changesTo(now, back));
      for (const name of settingsIn(asked)) {
        const isForeign = now[name] !== asked[name] && now[name] !== before[name];
        expect(foreign.includes(name)).toBe(isForeign);
        expect(after[name]).toBe(isForeign ? now[name] : before[name]);
      }
    }),
  );
});
