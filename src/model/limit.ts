import texts from './limits.json' with { type: 'json' };
import { type Diagnosis, sentenceOf } from './error.ts';
import type { KernelOperation } from './operation.ts';

/** Where a limit is met: at an operation on the kernel's network, at a file, or when a program is started. */
export type LimitedBy = KernelOperation['op'] | 'file' | 'program';

/** A limit of the kernel or of a file system, or a missing module, and how to raise the limit. */
export interface Limit {
  /** Stable; the name of its section in `docs/troubleshooting.md`. */
  readonly name: string;
  /** The names of the error numbers that indicate it. If empty, only messages of other programs indicate it. */
  readonly codes: readonly string[];
  /** Where it is met. If empty, anywhere. */
  readonly places: readonly LimitedBy[];
  /** What the limit is. `{}` stands for the object that has the limit, or for nothing. */
  readonly limit: string;
  /** How to raise it. */
  readonly cure: string;
  /** How it is reached, in Markdown. */
  readonly cause: string;
  /** Whose message indicates it. */
  readonly from: string;
  /** What its messages look like; `...` stands for the variable parts. */
  readonly says: readonly string[];
  /** A regular expression, case-insensitive, that matches such a message. */
  readonly pattern: string;
}

/** Every limit that dan describes. Those of one place come before those that are met anywhere. */
export const limits: readonly Limit[] = Object.entries(texts).map(([name, text]) => ({
  name,
  ...text,
  places: text.places as readonly LimitedBy[],
}));

/** The most ports of a Linux bridge: the kernel's BR_MAX_PORTS less the number 0, which it never assigns. */
const mostPorts = 1023;

/**
 * The limit that an error indicates, and how to raise it; undefined if it indicates none. `object` names what has the
 * limit, such as a bridge.
 */
export function limitMet(code: string | undefined, place: LimitedBy, object = ''): Diagnosis | undefined {
  const met = limits.find(
    ({ codes, places }) => codes.includes(code ?? '') && (places.length === 0 || places.includes(place)),
  );
  return met && { seen: met.limit.replace('{}', object === '' ? '' : ` ${object}`), cure: met.cure };
}

/** {@link limitMet} as text to append to a message; empty if the error indicates no limit. */
export function limitText(...error: Parameters<typeof limitMet>): string {
  const met = limitMet(...error);
  return met === undefined ? '' : `: ${sentenceOf(met)}`;
}

/** The limit that a Linux bridge with this many ports has reached; undefined if it has room for another one. */
export function bridgeLimit(bridge: string, ports: number): Diagnosis | undefined {
  return ports < mostPorts ? undefined : limitMet('EXFULL', 'master', bridge);
}
