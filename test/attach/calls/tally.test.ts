import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketEnds,
  callLine,
  countedCommands,
  type EndedCall,
  tallyOf,
  tallyText,
} from '../../../src/attach/calls/tally.ts';

const at = 1_800_000_000;

const calls = fc.array(
  fc.record<EndedCall>({
    command: fc.constantFrom(...countedCommands),
    result: fc.constantFrom('success', 'bridge-missing', 'try-again-later'),
    milliseconds: fc.oneof(fc.constantFrom(...bucketEnds), fc.double({ min: 0, max: 200_000, noNaN: true })),
  }),
);

const linesOf = (all: readonly EndedCall[]): string => all.map((call, more) => callLine(call, at + more)).join('');

describe('lines of calls', () => {
  it('say when, which command, how it ended, and microseconds', () => {
    expect(callLine({ command: 'ADD', result: 'success', milliseconds: 12.3456 }, at + 0.9)).toBe(
      `${at} ADD success 12346\n`,
    );
  });

  it('are summed up by command and result', () => {
    const [tally, ...others] = tallyOf(
      `${at} ADD success 1000\n${at + 5} ADD success 1001\n${at} ADD success 70000000\n`,
    );
    expect(others).toEqual([]);
    expect(tally).toEqual({
      command: 'ADD',
      result: 'success',
      last: at + 5,
      microseconds: 70_002_001,
      counts: [1, 1, ...Array<number>(13).fill(0), 1],
    });
  });

  it('come to the same, whichever of them were summed up before', () => {
    const byName = (text: string): unknown =>
      tallyOf(text).toSorted((a, b) => `${a.command}${a.result}`.localeCompare(`${b.command}${b.result}`));
    fc.assert(
      fc.property(calls, calls, (first, then) => {
        const whole = byName(linesOf(first) + linesOf(then));
        expect(byName(tallyText(tallyOf(linesOf(first))) + linesOf(then))).toEqual(whole);
        expect(byName(tallyText(tallyOf(linesOf(first) + linesOf(then))))).toEqual(whole);
      }),
    );
  });

  it('are all counted', () => {
    fc.assert(
      fc.property(calls, (all) => {
        const counted = tallyOf(linesOf(all)).flatMap(({ counts }) => counts);
        expect(counted.reduce((sum, one) => sum + one, 0)).toBe(all.length);
      }),
    );
  });

  it.each([
    ['no line', ''],
    ['another command', `${at} VERSION success 1\n`],
    ['a result that is no name', `${at} ADD Success! 1\n`],
    ['no time', 'ADD success 1\n'],
    ['a line that was cut off', `${at} ADD succ`],
    ['a line behind one that was cut off', `${at} ADD succ${at} ADD success 12\n`],
    ['a negative length', `${at} ADD success -1\n`],
    ['a length that is none', `${at} ADD success \n`],
    ['too few counts', `${at} ADD success 10 1 2 3\n`],
    ['a count that is none', `${at} ADD success 10 ${'1 '.repeat(15)}x\n`],
    ['bytes of any kind', '\0\ufffd{"a": 1}\n  \n1 2 3 4 5\n'],
  ])('%s is none', (_, text) => {
    expect(tallyOf(text)).toEqual([]);
    const good = `${at} DEL success 5\n`;
    expect(tallyOf(`${good}${text}\n${good}`)).toEqual(tallyOf(good + good));
  });

  it('with faults behind one that is alike are none, either', () => {
    const good = `${at} ADD success 5\n`;
    for (const bad of [
      `${at} ADD success -5`,
      `${at} ADD success x`,
      `x${at} ADD success 5`,
      `xxxxxxxxxx ADD success 5`,
    ]) {
      expect(tallyOf(`${good}${bad}\n`)).toEqual(tallyOf(good));
    }
  });
});
