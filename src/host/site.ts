import type { Where } from '../model/operation.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { CommandOptions } from './command.ts';
import type { Tool } from '../model/tool.ts';
import { toolPath } from './tools.ts';

/** Where commands are run, and how long each may take. */
export interface Site {
  readonly timeoutSeconds: number;
  /** The pod's namespace, an open file; required for operations in it. */
  readonly pod?: number | undefined;
  /** The sandbox's lock. Programs inherit it, so it is held until the last of them has ended, even if dan is killed. */
  readonly lock?: number | undefined;
  /** Happens when the work is no longer wanted; left out if it must be completed. */
  readonly interrupted?: Interruption | undefined;
}

/**
 * The pod's namespace, for a process that gets it as file descriptor 3. It is passed as a descriptor so that no path
 * from a caller reaches a command line, and so that all programs see the same namespace even if its path changes.
 */
export const podNetns = '/proc/self/fd/3';

/** The pod's namespace, an open file. */
export function podOf({ pod }: Site): number {
  if (pod === undefined) throw new Error("something is to be done in the pod's namespace, which is not open");
  return pod;
}

/** A command in a namespace: run directly on the host, and through `nsenter` in the pod's namespace. */
export function commandIn(
  where: Where,
  site: Site,
  tool: Tool,
  args: readonly string[],
): [path: string, args: readonly string[], options: Pick<CommandOptions, 'descriptor' | 'interrupted' | 'lock'>] {
  const { pod, lock, interrupted } = site;
  const inherited = { lock, interrupted, descriptor: pod };
  if (where === 'host') return [toolPath(tool), args, inherited];
  podOf(site);
  return [toolPath('nsenter'), [`--net=${podNetns}`, '--', toolPath(tool), ...args], inherited];
}
