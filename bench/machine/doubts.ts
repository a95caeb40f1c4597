import { quantile } from '../report/statistics.ts';

/** What was observed about the machine during the measurement. */
export interface Observations {
  /** The share of the machine that others used while the benchmark did nothing, before and after it, from 0 to 1. */
  readonly usedByOthers: readonly number[];
  /** The share of the machine that others used from start to end, from 0 to 1. */
  readonly usedMeanwhile: number;
  /** The share of the time from start to end that the machine's own host gave to other machines, from 0 to 1. */
  readonly stolen: number;
  /** Load average of the last minute at the start, divided by the number of cores. */
  readonly load: number;
  /** How long /bin/true took, in milliseconds, before each section and after the last one. */
  readonly calibrations: readonly (readonly number[])[];
}

const limits = { usedByOthers: 0.03, usedMeanwhile: 0.05, stolen: 0.01, load: 1, drift: 1.15, spread: 2 } as const;

/** Reasons not to trust the figures; empty if there are none. */
export function doubts({ usedByOthers, usedMeanwhile, stolen, load, calibrations }: Observations): readonly string[] {
  const busiest = Math.max(0, ...usedByOthers);
  const medians = calibrations.map((samples) => quantile(samples, 0.5));
  const drift = Math.max(...medians) / Math.min(...medians);
  const spread = Math.max(...calibrations.map((samples) => quantile(samples, 0.9) / quantile(samples, 0.5)));
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  return [
    ...(busiest > limits.usedByOthers
      ? [`other programs used ${percent(busiest)} of the machine while the benchmark did nothing`]
      : []),
    ...(usedMeanwhile > limits.usedMeanwhile
      ? [`other programs used ${percent(usedMeanwhile)} of the machine while it was measured`]
      : []),
    ...(stolen > limits.stolen ? [`${percent(stolen)} of the processors' time was given to other machines`] : []),
    ...(load > limits.load ? [`a load of ${load.toFixed(1)} for each core when it started`] : []),
    ...(drift > limits.drift ? [`/bin/true took ${drift.toFixed(2)} times as long in one section as in another`] : []),
    ...(spread > limits.spread
      ? [`of the starts of /bin/true, one in ten took more than ${spread.toFixed(1)} times the median`]
      : []),
  ];
}
