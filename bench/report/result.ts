import { z } from 'zod';

const summary = z.strictObject({ median: z.number(), p10: z.number(), p90: z.number(), samples: z.int() });

const name = z.strictObject({ subject: z.string(), what: z.string() });

/**
 * The sections of the benchmark in the order in which they run; each can run alone. Those that need other tools and no
 * rounds come first, so that a missing tool shows at once.
 */
export const sectionNames = ['size', 'instructions', 'calls', 'load', 'packets', 'growth', 'hotplug'] as const;

const row = z.strictObject({
  section: z.enum(sectionNames),
  ...name.shape,
  /** The row with which this one is compared. */
  against: name.optional(),
  figures: z.strictObject({
    wall: summary.optional(),
    cpu: summary.optional(),
    peak: summary.optional(),
    frame: summary.optional(),
    instructions: summary.optional(),
    size: summary.optional(),
  }),
  /** The number of programs that it starts. */
  programs: z.int().optional(),
});

const machine = z.strictObject({
  processor: z.string(),
  cores: z.int(),
  memory: z.string(),
  kernel: z.string(),
  /** Versions of the measured programs and of those that they call, by name. */
  versions: z.record(z.string(), z.string()),
});

const result = z.strictObject({
  taken: z.iso.datetime(),
  /** The commit of the benchmark, followed by `+` if files have changed since. */
  commit: z.string(),
  program: z.string(),
  seed: z.int(),
  rounds: z.int(),
  machine,
  /** Reasons not to trust the figures; empty if there are none. */
  doubts: z.array(z.string()),
  /** What could not be measured on this machine, and why. Older results do not have this. */
  leftOut: z.array(z.string()).default([]),
  rows: z.array(row),
});

/** Several samples of one figure. */
export type Summary = z.infer<typeof summary>;
/** A part of the benchmark. */
export type SectionName = (typeof sectionNames)[number];
/** The figures of one subject for one operation. */
export type Row = z.infer<typeof row>;
/** The subject and its operation: a row's name in its section. */
export type RowName = z.infer<typeof name>;
/** The machine on which figures were measured. */
export type Machine = z.infer<typeof machine>;
/** The result of one run of the benchmark. */
export type Result = z.infer<typeof result>;

/** Parses a written result; throws with its faults if it is invalid. */
export function parseResult(text: string): Result {
  const parsed = result.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`this is no result of the benchmark:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
