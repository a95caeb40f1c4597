import { expect, test } from 'vitest';
import { plot } from '../../bench/report/plot.ts';
import { resultOf, row } from './a-result.ts';

test('a bar is as long as the median, on the scale of the longest line', () => {
  const slow = {
    ...row('bridge & <more>', 'ADD', 10),
    figures: { wall: { median: 10, p10: 5, p90: 20, samples: 40 } },
  };
  const svg = plot(resultOf([row('dan host-tap', 'ADD', 20), slow]));
  expect(svg.match(/<rect x="306" [^>]* width="([\d.]+)"/g)?.map((rect) => /width="([\d.]+)"/.exec(rect)?.[1])).toEqual(
    ['460.0', '230.0'],
  );
  expect(svg).toContain('<line x1="421.0" x2="766.0"');
  expect(svg).toContain('bridge &amp; &lt;more&gt;');
  expect(svg).toContain('ADD: Wall time, ms');
});

test('what was done is a picture each, below the one before', () => {
  const svg = plot(resultOf([row('dan', 'ADD', 20), row('dan', 'DEL', 2)]));
  const tops = [...svg.matchAll(/y="(\d+)" font-weight/g)].map(([, y]) => Number(y));
  expect(tops).toHaveLength(2);
  expect(tops[1]).toBeGreaterThan(tops[0]!);
  expect(Number(/ height="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(tops[1]!);
});
