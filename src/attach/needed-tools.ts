import type { NetworkConfig } from '../config/interpret.ts';
import type { Executor } from '../host/executor.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Tool } from '../model/tool.ts';

/** The programs that dan runs for a network, with an executor that has these needs. */
export function toolsOf({ device }: NetworkConfig, needs: Executor['needs']): readonly Tool[] {
  const { iproute2, others } = kindOf(device).tools(device);
  return needs === 'iproute2' ? [...iproute2, ...others] : others;
}
