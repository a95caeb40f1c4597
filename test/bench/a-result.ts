import type { Result, Row, Summary } from '../../bench/report/result.ts';

/** A summary of equal samples. */
export function always(value: number): Summary {
  return { median: value, p10: value, p90: value, samples: 40 };
}

/** A row of calls with equal wall times. */
export function row(subject: string, what: string, wall: number, against?: string): Row {
  return {
    section: 'calls',
    subject,
    what,
    ...(against === undefined ? {} : { against: { subject: against, what } }),
    figures: { wall: always(wall) },
  };
}

/** A result with these rows, from an otherwise idle machine. */
export function resultOf(rows: Row[], changes: Partial<Result> = {}): Result {
  return {
    taken: '2026-03-01T10:00:00.000Z',
    commit: 'abc1234',
    program: 'dist/dan',
    seed: 7,
    rounds: 40,
    machine: { processor: 'A', cores: 2, memory: '8.0 GiB', kernel: '6.1.0', versions: { iproute2: '6.1.0' } },
    doubts: [],
    leftOut: [],
    rows,
    ...changes,
  };
}
