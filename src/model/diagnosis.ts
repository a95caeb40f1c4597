/** What is wrong, and what to do about it: one sentence in a message of the plugin, two lines of `dan doctor`. */
export interface Diagnosis {
  /** What is wrong, where and why. */
  readonly seen: string;
  readonly cure: string;
}

/** A diagnosis as one sentence. */
export function sentenceOf({ seen, cure }: Diagnosis): string {
  return `${seen}: ${cure}`;
}
