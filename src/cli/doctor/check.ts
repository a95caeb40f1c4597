import type { Severity } from '../severity.ts';
import texts from './checks.json' with { type: 'json' };
import type { NodeFacts } from './facts/node.ts';
import type { ReadyFile } from './ready-files.ts';

/** A problem that a check found. */
export interface Observation {
  readonly severity: Severity;
  /** What was seen, and where. */
  readonly seen: string;
  /** The command or the change that fixes it; for a note, what to know. */
  readonly cure: string;
  /** Complete files that are part of the cure. */
  readonly files?: readonly ReadyFile[];
}

/** The stable id of a check, for scripts and `docs/doctor.md`. Its area comes first, as in `kernel-tun`. */
export type CheckId = keyof typeof texts;

/** The texts of a check that do not depend on what it finds. */
interface CheckText {
  /** A statement that is true if nothing is found, like "taps can be made". */
  readonly fine: string;
  /** Why a finding matters to a pod. */
  readonly why: string;
}

/** The texts of all checks, in display order. A check without a text does not compile. */
export const checkTexts: Readonly<Record<CheckId, CheckText>> = texts;

/** An observation with the check that made it. */
export interface Finding extends Observation {
  readonly id: CheckId;
  readonly why: string;
}

/** Whether a finding makes pods fail, or may. A note does not. */
export function isProblem({ severity }: Finding): boolean {
  return severity !== 'note';
}

/** Why a question does not apply to a node, as the end of a sentence; undefined if it applies. */
export type Condition<Facts = NodeFacts> = (facts: Facts) => string | undefined;

/** One question about a node: a function of the node's `Facts` alone, so that it can be repeated. */
export interface Check<Facts = NodeFacts> {
  readonly id: CheckId;
  /** Why this node cannot or need not be asked; undefined, or left out, if it is asked. */
  readonly unasked?: Condition<Facts>;
  /** Yields what is wrong; nothing if all is well. */
  readonly look: (facts: Facts) => Iterable<Observation>;
}

/** The result of one check. */
export interface Answer {
  readonly check: Pick<Check, 'id'>;
  readonly findings: readonly Finding[];
  /** Why it was not asked; undefined if it was. */
  readonly unasked: string | undefined;
}

/** Adds a common condition to checks, before their own conditions. */
export function checksUnless<Facts>(
  condition: Condition<Facts>,
  checks: readonly Check<Facts>[],
): readonly Check<Facts>[] {
  return checks.map((check) => ({ ...check, unasked: (facts: Facts) => condition(facts) ?? check.unasked?.(facts) }));
}

/** The condition of checks that always apply. */
export const never: Condition = () => undefined;

/** Runs a check. If two handlers or networks have the same problem, it is reported once. Pure. */
export function ask<Facts>(check: Check<Facts>, facts: Facts): Answer {
  const { id } = check;
  const unasked = check.unasked?.(facts);
  const first = new Map<string, Finding>();
  for (const one of unasked === undefined ? check.look(facts) : []) {
    if (!first.has(one.seen)) first.set(one.seen, { id, ...one, why: checkTexts[id].why });
  }
  return { check, findings: [...first.values()], unasked };
}

/** Makes an observation whose severity is computed. */
export function observe(severity: Severity, seen: string, cure: string, ...files: readonly ReadyFile[]): Observation {
  return { severity, seen, cure, ...(files.length === 0 ? {} : { files }) };
}

type Observe = (seen: string, cure: string, ...files: readonly ReadyFile[]) => Observation;

/** Pods fail, or lose their network. */
export const error: Observe = (...observed) => observe('error', ...observed);

/** Some pods fail, or will. */
export const warning: Observe = (...observed) => observe('warning', ...observed);

/** Worth knowing, nothing to fix. */
export const note: Observe = (...observed) => observe('note', ...observed);
