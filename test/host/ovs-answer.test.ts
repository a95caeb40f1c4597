import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CniError } from '../../src/protocol/error.ts';
import { ownerOfRow } from '../../src/model/ovs.ts';
import { listIn, mapIn, numberIn, readTables, textIn } from '../../src/host/ovs-answer.ts';

// The output of Open vSwitch 3.1, shortened.
const port =
  '{"data":[["dan0",["map",[["dan","dan-1"],["dan-ifname","eth0"]]],20,["set",[30,31]],' +
  '["uuid","46fabc18-2c81-4cc5-a701-855cf695b01c"]]],"headings":["name","external_ids","tag","trunks","_uuid"]}';
const empty =
  '{"data":[["dan0",["map",[]],["set",[]],42,["set",[]]]],"headings":["name","options","tag","trunks","error"]}';
const none = '{"data":[],"headings":["name"]}';

describe('what ovs-vsctl prints', () => {
  it('is one table for each command that looks something up', () => {
    expect(readTables('')).toEqual([]);
    expect(readTables(`${none}\n`)).toEqual([[]]);
    expect(readTables(`${port}\n${none}\n${empty}\n`).map((rows) => rows.length)).toEqual([1, 0, 1]);
  });

  it('has atoms, sets, maps and references', () => {
    expect(readTables(port)).toEqual([
      [
        {
          name: 'dan0',
          external_ids: { dan: 'dan-1', 'dan-ifname': 'eth0' },
          tag: 20,
          trunks: [30, 31],
          _uuid: '46fabc18-2c81-4cc5-a701-855cf695b01c',
        },
      ],
    ]);
  });

  it('has an empty set for what is not there, and an element alone for a set of one', () => {
    const [[row] = []] = readTables(empty);
    expect([listIn(row?.['trunks']), listIn(row?.['tag']), listIn(row?.['no'])]).toEqual([[42], [], []]);
    expect([numberIn(row?.['trunks']), numberIn(row?.['tag'])]).toEqual([42, undefined]);
    expect([textIn(row?.['name']), textIn(row?.['error']), textIn('')]).toEqual(['dan0', undefined, undefined]);
    expect([mapIn(row?.['options']), mapIn(row?.['error']), mapIn(undefined)]).toEqual([{}, {}, {}]);
  });

  it('may be changed in any way: it is read, or refused as what no table is', () => {
    const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^[\]{},:"]+/g;
    const hostile = [
      '[',
      ']',
      '{',
      '}',
      'null',
      '-1',
      '1e999',
      '"__proto__"',
      '"set"',
      '"map"',
      '{"toString":1}',
      '['.repeat(100_000),
    ];
    const change = fc.tuple(fc.nat({ max: 99 }), fc.constantFrom('', ...hostile));
    fc.assert(
      fc.property(fc.constantFrom(port, empty), fc.array(change, { minLength: 1, maxLength: 4 }), (sound, changes) => {
        const parts = sound.match(tokens) ?? [];
        for (const [at, text] of changes) parts[at % parts.length] = text;
        let tables: ReturnType<typeof readTables> = [];
        try {
          tables = readTables(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(CniError);
        }
        for (const row of tables.flat()) {
          for (const value of Object.values(row)) {
            for (const read of [listIn, mapIn, numberIn, textIn]) read(value);
            ownerOfRow(mapIn(value));
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
