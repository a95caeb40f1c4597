import texts from './limits.json' with { type: 'json' };
import type { KernelOperation } from './operation.ts';

/** Where a limit is met: at an operation of the kernel's network, a file, a program that is started. */
export type LimitedBy = KernelOperation['op'] | 'file' | 'program';

/** A limit of the kernel, of a file system or of a module that is missing, and how it is raised. */
export interface Limit {
  /** Stable: its section of `docs/troubleshooting.md`. */
  readonly name: string;
  /** The error numbers by which it shows, by their names; none: it shows in messages of others alone. */
  readonly codes: readonly string[];
  /** Where it is met; empty: anywhere. */
  readonly places: readonly LimitedBy[];
  /** What the limit is; `{}` is the object that it belongs to, or nothing. */
  readonly limit: string;
  /** How it is raised. */
  readonly cure: string;
  /** How that comes about, in Markdown. */
  readonly cause: string;
  /** What the message of it looks like; `...` stands for what differs. */
  readonly says: readonly string[];
  /** What such a message is recognized by: a regular expression that takes no notice of case. */
  readonly pattern: string;
}

/** Every limit that dan has words for. What belongs to one place comes before what is met anywhere. */
export const limits: readonly Limit[] = Object.entries(texts).map(([name, text]) => ({
  name,
  ...text,
  places: text.places as readonly LimitedBy[],
}));

/**
 * What an error says of a limit, to be put behind a message: which limit it is, and how it is raised. Empty: the error tells
 * of no limit. `object` is the name of what the limit belongs to, such as a bridge.
 */
export function limitText(code: string | undefined, place: LimitedBy, object = ''): string {
  const met = limits.find(
    ({ codes, places }) => codes.includes(code ?? '') && (places.length === 0 || places.includes(place)),
  );
  if (met === undefined) return '';
  return `: ${met.limit.replace('{}', object === '' ? '' : ` ${object}`)}: ${met.cure}`;
}
