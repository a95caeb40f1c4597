/** An `error`: pods fail, or lose their network. A `warning`: some do, or will. A `note`: worth knowing, nothing to mend. */
export type Severity = 'error' | 'warning' | 'note';

/** What a check saw that is not as it should be. */
export interface Observation {
  readonly severity: Severity;
  /** What was seen, and where. */
  readonly seen: string;
  /** The command or the change that mends it; what to know, for a note. */
  readonly cure: string;
  /** Files that the cure installs, complete. */
  readonly files?: readonly ReadyFile[];
}

/** A file as it is to be installed. */
export interface ReadyFile {
  readonly path: string;
  readonly content: string;
}

/** An observation with the check that made it. */
export interface Finding extends Observation {
  /** Stable: scripts and `docs/doctor.md` go by it. */
  readonly id: string;
  readonly why: string;
}

/** One question to the facts of a node. A function of the facts alone: whoever has the facts can ask again. */
export interface Check<Facts> {
  /** Stable; its area first, like `kernel-tun`. */
  readonly id: string;
  /** What is asked, as a statement that holds where nothing is found, like "taps can be made". */
  readonly fine: string;
  /** Why a finding matters to a pod. */
  readonly why: string;
  /** Why this node cannot be asked, or need not be; undefined, or left out: it is asked. */
  readonly unasked?: (facts: Facts) => string | undefined;
  /** Nothing: it is fine. */
  readonly look: (facts: Facts) => readonly Observation[];
}
