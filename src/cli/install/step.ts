/** What a file is filled with: the executable that runs, or a text. */
export type Content = { readonly from: 'executable' } | { readonly from: 'text'; readonly text: string };

/**
 * One thing that `dan install` or `dan uninstall` does to the node's file system, or that needs nothing done. Paths are
 * the node's. `why` says what it is for, in words for the operator.
 */
export type Step = { readonly path: string; readonly why: string } & (
  | { readonly do: 'make-directory'; readonly mode: number }
  | { readonly do: 'write'; readonly mode: number; readonly content: Content }
  | { readonly do: 'remove' }
  | { readonly do: 'remove-directory' }
  | { readonly do: 'nothing' }
);

/** What is to be done, in order, or why nothing is; and what the operator must know. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Why nothing may be done. Empty: it may. */
  readonly refusals: readonly string[];
  /** What is left for the operator to do, and what follows from the plan. */
  readonly notes: readonly string[];
}

/** A plan that does nothing, for a reason. */
export function refuse(why: string): Plan {
  return { steps: [], refusals: [why], notes: [] };
}
