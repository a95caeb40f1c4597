import type { NetworkConfig } from '../config/interpret.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Tool } from '../model/tool.ts';

/** The programs that dan runs for a network. `runsPrograms`: dan changes the kernel's network with programs. */
export function toolsOf({ device }: NetworkConfig, runsPrograms: boolean): readonly Tool[] {
  const { iproute2, others } = kindOf(device).tools(device);
  return runsPrograms ? [...iproute2, ...others] : others;
}
