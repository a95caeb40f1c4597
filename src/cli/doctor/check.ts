import type { Severity } from '../severity.ts';
import texts from './checks.json' with { type: 'json' };
import type { NodeFacts } from './facts/node.ts';
import type { ReadyFile } from './ready-files.ts';

/** What a check saw that is not as it should be. */
export interface Observation {
  readonly severity: Severity;
  /** What was seen, and where. */
  readonly seen: string;
  /** The command or the change that fixes it; what to know, for a note. */
  readonly cure: string;
  /** Files that the cure installs, complete. */
  readonly files?: readonly ReadyFile[];
}

/** The id of a check, which scripts and `docs/doctor.md` go by: its area first, like `kernel-tun`. */
export type CheckId = keyof typeof texts;

/** What there is to say about a check, whatever it finds. */
interface CheckText {
  /** A statement that is true where nothing is found, like "taps can be made". */
  readonly fine: string;
  /** Why a finding matters to a pod. */
  readonly why: string;
}

/** The texts of all checks, in the order in which these are shown. A check without a text does not compile. */
export const checkTexts: Readonly<Record<CheckId, CheckText>> = texts;

/** An observation with the check that made it. */
export interface Finding extends Observation {
  readonly id: CheckId;
  readonly why: string;
}

/** Why something is not asked about a node, for the end of a sentence; undefined: it is asked. */
export type Condition<Facts = NodeFacts> = (facts: Facts) => string | undefined;

/**
 * One question about a node: a function of its facts alone, so that whoever has the facts can ask again. `Facts` are those
 * that it goes by.
 */
export interface Check<Facts = NodeFacts> {
  readonly id: CheckId;
  /** Why this node cannot be asked, or need not be; undefined, or left out: it is asked. */
  readonly unasked?: Condition<Facts>;
  /** Gives what is wrong; nothing where all is well. */
  readonly look: (facts: Facts) => Iterable<Observation>;
}

/** What became of one check. */
export interface Answer {
  readonly check: Pick<Check, 'id'>;
  readonly findings: readonly Finding[];
  /** Why it was not asked; undefined: it was. */
  readonly unasked: string | undefined;
}

/** Checks with a condition that all of them have, before those of their own. */
export function checksUnless<Facts>(
  condition: Condition<Facts>,
  checks: readonly Check<Facts>[],
): readonly Check<Facts>[] {
  return checks.map((check) => ({ ...check, unasked: (facts: Facts) => condition(facts) ?? check.unasked?.(facts) }));
}

/** The condition of what is always asked. */
export const never: Condition = () => undefined;

/** Asks a check. What two handlers or networks show alike is one finding. Pure. */
export function ask<Facts>(check: Check<Facts>, facts: Facts): Answer {
  const { id } = check;
  const unasked = check.unasked?.(facts);
  const seen = unasked === undefined ? [...check.look(facts)] : [];
  const first = seen.filter((one, at) => seen.findIndex((other) => other.seen === one.seen) === at);
  return { check, findings: first.map((observation) => ({ id, ...observation, why: checkTexts[id].why })), unasked };
}

/** An observation of a severity that was found out. */
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
