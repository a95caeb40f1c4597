import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { familiesOf } from '../../src/cli/metrics/families.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const families = familiesOf({
  ...{ attachments: [], traffic: new Map(), faults: [], answers: [], calls: [], swept: undefined, removed: 0 },
});
const names = families.map(({ name }) => name);

/** The metrics that a text mentions. */
function named(text: string): readonly string[] {
  const all = [...text.matchAll(/\bdan_[a-z_]+\b/g)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''));
  return [...new Set(all)].sort();
}

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

describe('the monitoring', () => {
  it('asks for metrics that there are, and for no others', () => {
    const dashboard = JSON.parse(read('deploy/monitoring/dashboard.json')) as { panels: readonly object[] };
    const { spec } = parse(read('deploy/monitoring/rules.yaml')) as { spec: object };
    for (const text of [JSON.stringify(dashboard.panels), JSON.stringify(spec)]) {
      expect(named(text).length).toBeGreaterThan(5);
      expect(names).toEqual(expect.arrayContaining([...named(text)]));
    }
  });

  it('is explained: the guide has each metric, and no other', () => {
    const table = read('docs/guides/metrics.md')
      .split('\n')
      .filter((line) => line.startsWith('| `dan_'));
    expect(table.map((line) => line.split('`')[1])).toEqual(names);
  });

  it('has panels that do not lie over each other', () => {
    const { panels } = JSON.parse(read('deploy/monitoring/dashboard.json')) as { readonly panels: readonly Panel[] };
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});
