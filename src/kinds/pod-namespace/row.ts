/** What dan does about something that another plugin may have put into the pod's namespace. */
export type Verdict =
  /** The DAN file carries it. */
  | 'carried'
  /** ADD fails. */
  | 'refused'
  /** ADD succeeds, and logs a warning. */
  | 'warned'
  /** ADD cannot see it. `dan validate` and `dan doctor` warn about a list that leads to it. */
  | 'foreseen'
  /** It is not needed. */
  | 'left';

/** Something that may be in the pod's namespace: a row of the documentation, and its messages. */
export interface Row {
  /** What it is. */
  readonly what: string;
  /** What the guest gets of it. */
  readonly guest: string;
  readonly verdict: Verdict;
  /** A clause that follows a colon. */
  readonly why: string;
  /** The cure: a clause that follows a semicolon in messages. */
  readonly next?: string;
}
