import texts from './limits.json' with { type: 'json' };
import { type Diagnosis, sentenceOf } from './error.ts';
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

/** The most ports that a Linux bridge has: the kernel's BR_MAX_PORTS, of which it gives none the number 0. */
const mostPorts = 1023;

/**
 * What an error tells of a limit: which one it is, and how it is raised; undefined: it tells of none. `object` is the name
 * of what the limit belongs to, such as a bridge.
 */
export function limitMet(code: string | undefined, place: LimitedBy, object = ''): Diagnosis | undefined {
  const met = limits.find(
    ({ codes, places }) => codes.includes(code ?? '') && (places.length === 0 || places.includes(place)),
  );
  return met && { seen: met.limit.replace('{}', object === '' ? '' : ` ${object}`), cure: met.cure };
}

/** The same, to be put behind a message; empty: the error tells of no limit. */
export function limitText(...error: Parameters<typeof limitMet>): string {
  const met = limitMet(...error);
  return met === undefined ? '' : `: ${sentenceOf(met)}`;
}

/** The limit that a Linux bridge has met with as many ports; undefined: a further one has room. */
export function bridgeLimit(bridge: string, ports: number): Diagnosis | undefined {
  return ports < mostPorts ? undefined : limitMet('EXFULL', 'master', bridge);
}
