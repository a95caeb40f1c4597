/** The source of a file's contents: the running executable, or a text. */
export type Content = { readonly from: 'executable' } | { readonly from: 'text'; readonly text: string };

/**
 * One change that `dan install` or `dan uninstall` makes to the node's file system, or something that needs no change.
 * Paths are the node's. `why` explains it to the operator.
 */
export type Step = { readonly path: string; readonly why: string } & (
  | { readonly do: 'make-directory'; readonly mode: number }
  | { readonly do: 'write'; readonly mode: number; readonly content: Content }
  | { readonly do: 'remove' }
  | { readonly do: 'remove-directory' }
  | { readonly do: 'nothing' }
);

/** The steps to do, in order, or why nothing is done; and what the operator must know. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Why nothing may be done; empty if it may. */
  readonly refusals: readonly string[];
  /** What the operator still has to do, and the plan's consequences. */
  readonly notes: readonly string[];
}

/** A plan that does nothing, for a reason. */
export function refuse(why: string): Plan {
  return { steps: [], refusals: [why], notes: [] };
}
