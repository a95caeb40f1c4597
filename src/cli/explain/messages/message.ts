import type { Explanation } from '../explanation.ts';

/** A message of somebody else's that points at the network of a Kata pod. */
export interface Message extends Explanation {
  /** Stable: its section of `docs/troubleshooting.md`. */
  readonly id: string;
  /** Who says it. */
  readonly from: string;
  /** What it looks like; `...` stands for what differs. */
  readonly says: readonly [string, ...string[]];
  /** What it is known by, in a text without line breaks and escapes. It must not match what merely frames a message. */
  readonly pattern: RegExp;
}
