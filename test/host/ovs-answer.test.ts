import { describe, expect, it } from 'vitest';

import { listIn, mapIn, numberIn, readTables, textIn } from '../../src/host/ovs-answer.ts';

// As Open vSwitch 3.1 prints them, shortened.
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
});
