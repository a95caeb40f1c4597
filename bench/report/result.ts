import { z } from 'zod';

const summary = z.strictObject({ median: z.number(), p10: z.number(), p90: z.number(), samples: z.int() });

const name = z.strictObject({ subject: z.string(), what: z.string() });

/**
 * The parts of the benchmark, in the order in which they are run; each can be run alone. What needs further tools and no
 * rounds comes first: a tool that is missing shows at once.
 */
export const sectionNames = ['size', 'instructions', 'calls', 'load', 'packets', 'growth'] as const;

const row = z.strictObject({
  section: z.enum(sectionNames),
  ...name.shape,
  /** What this is to be compared with. */
  against: name.optional(),
  figures: z.strictObject({
    wall: summary.optional(),
    cpu: summary.optional(),
    peak: summary.optional(),
    frame: summary.optional(),
    instructions: summary.optional(),
    size: summary.optional(),
  }),
  /** How many programs it starts. */
  programs: z.int().optional(),
});

const machine = z.strictObject({
  processor: z.string(),
  cores: z.int(),
  memory: z.string(),
  kernel: z.string(),
  /** Versions of what is measured and of what it calls, by name. */
  versions: z.record(z.string(), z.string()),
});

const result = z.strictObject({
  taken: z.iso.datetime(),
  /** The commit that the benchmark was started in, `+` behind it where files were changed since. */
  commit: z.string(),
  program: z.string(),
  seed: z.int(),
  rounds: z.int(),
  machine,
  /** Why the figures are not to be trusted; empty where nothing speaks against them. */
  doubts: z.array(z.string()),
  /** What could not be measured on this machine, and why. Results from before there was any have none. */
  leftOut: z.array(z.string()).default([]),
  rows: z.array(row),
});

/** Several samples of one figure. */
export type Summary = z.infer<typeof summary>;
/** A part of the benchmark. */
export type SectionName = (typeof sectionNames)[number];
/** What one subject needed for one thing. */
export type Row = z.infer<typeof row>;
/** Subject and what it did: a row's name in its section. */
export type RowName = z.infer<typeof name>;
/** The machine that figures were taken on. */
export type Machine = z.infer<typeof machine>;
/** All that one run of the benchmark found. */
export type Result = z.infer<typeof result>;

/** Reads a result as it was written; throws with what is wrong with it. */
export function parseResult(text: string): Result {
  const parsed = result.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`this is no result of the benchmark:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
