/** What dan does with something that a plugin before or behind it may have put into the pod's namespace. */
export type Verdict =
  /** The DAN file has it. */
  | 'carried'
  /** ADD fails. */
  | 'refused'
  /** ADD succeeds, and its log says it. */
  | 'warned'
  /** No ADD sees it. `dan validate` and `dan doctor` warn of a list that leads to it. */
  | 'foreseen'
  /** Nothing is lost without it. */
  | 'left';

/** One sort of things in the pod's namespace: a row of the documentation, and the messages about it. */
export interface Row {
  /** What it is. */
  readonly what: string;
  /** What the guest has of it. */
  readonly guest: string;
  readonly verdict: Verdict;
  /** A clause that follows a colon. */
  readonly why: string;
  /** What to do instead: a clause that follows a semicolon. Messages have it. */
  readonly next?: string;
}
