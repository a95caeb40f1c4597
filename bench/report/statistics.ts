import type { Summary } from './result.ts';

/**
 * The value below which a given share of the samples lies, interpolated between two samples; `part` is from 0 to 1.
 * Throws without samples.
 */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('no samples: nothing was measured');
  return below + (above - below) * (place - Math.floor(place));
}

/** Median, p10 and p90 of samples. Throws without samples. */
export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    p10: quantile(samples, 0.1),
    p90: quantile(samples, 0.9),
    samples: samples.length,
  };
}
