import { cniChecks } from './cni/checks.ts';
import type { Check, Finding } from './finding.ts';
import { kataChecks } from './kata/checks.ts';
import { kernelChecks } from './kernel/checks.ts';
import type { NodeFacts } from './node.ts';
import { ovsChecks } from './ovs/checks.ts';
import { stateChecks } from './state/checks.ts';

/** Checks that belong together. */
export interface Area {
  readonly title: string;
  readonly checks: readonly Check<NodeFacts>[];
}

/** All checks there are, in the order in which they are shown. */
export const areas: readonly Area[] = [
  { title: 'Kernel and programs', checks: kernelChecks },
  { title: 'Kata', checks: kataChecks },
  { title: 'CNI', checks: cniChecks },
  { title: 'Open vSwitch', checks: ovsChecks },
  { title: 'What dan left on this node', checks: stateChecks },
];

/** What became of one question. */
export interface Answer {
  readonly check: Check<NodeFacts>;
  readonly findings: readonly Finding[];
  /** Why it was not asked; undefined: it was. */
  readonly unasked: string | undefined;
}

/** Asks one check, unless there is nothing that it could tell of this node. */
export function ask(check: Check<NodeFacts>, facts: NodeFacts): Answer {
  const unasked = check.unasked?.(facts);
  const seen = unasked === undefined ? check.look(facts) : [];
  const findings = seen.map((observation) => ({ id: check.id, ...observation, why: check.why }));
  return { check, findings, unasked };
}
