import type { Where } from '../model/operation.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { CommandOptions } from './command.ts';
import type { Tool } from '../model/tool.ts';
import { toolPath } from './tools.ts';

/** Where commands are run, and how long each may take. */
export interface Site {
  readonly timeoutSeconds: number;
  /** The pod's namespace, opened; needed for what is done in it. */
  readonly pod?: number | undefined;
  /** The sandbox's lock: programs inherit it, so that it is held until the last of them has ended, even if dan is killed. */
  readonly lock?: number | undefined;
  /** It happens when what is done here is not wanted any more; left out where it must be done to the end. */
  readonly interrupted?: Interruption | undefined;
}

/**
 * The pod's namespace, for a process that was given it as its fourth file: by descriptor, so that no path of a caller
 * reaches a command line, and so that all see one namespace, whatever becomes of the path meanwhile.
 */
export const podNetns = '/proc/self/fd/3';

/** The pod's namespace, an open file, for what is done in it. */
export function podOf({ pod }: Site): number {
  if (pod === undefined) throw new Error("something is to be done in the pod's namespace, which is not open");
  return pod;
}

/** A command in a namespace: as it is in the host's, by `nsenter` in the pod's. */
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
