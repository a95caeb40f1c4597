import { system } from '#system';
import type { Diagnosis } from '../model/error.ts';
import type { OvsDatabase } from '../model/ovs.ts';
import { dirname, join } from '../model/path.ts';
import { exists, readIfThere, readText } from './files.ts';

/** CAP_DAC_OVERRIDE of linux/capability.h: a process that has it bypasses all file modes. */
const dacOverride = 1n << 1n;

/**
 * Why the Open vSwitch with this database could not reach sockets in a directory. undefined if it can, or if that is
 * unknown: the switch is not on this node, or its process id is not beside the database's socket.
 */
export function switchAccessFault(database: OvsDatabase, directory: string): Diagnosis | undefined {
  const status = statusOf(database);
  if (status === undefined || (status.capabilities & dacOverride) !== 0n) return undefined;
  const there = nearest(directory);
  const seen = system.stat(there);
  if (seen === undefined) return undefined;
  const { uid, gid, mode } = seen;
  const allowed = uid === status.user ? mode & 0o100 : status.groups.includes(gid) ? mode & 0o010 : mode & 0o001;
  if (there === directory && allowed !== 0) return undefined;
  return {
    seen: `ovs-vswitchd runs as user ${status.user} without CAP_DAC_OVERRIDE and cannot enter ${directory}`,
    cure:
      `make it with a group of the switch ("chgrp ${status.groups[0] ?? status.user} ${directory}; chmod 2750 ` +
      `${directory}"), and start the Kata runtime with a umask of 002; or let the switch run as root`,
  };
}

interface Status {
  readonly user: number;
  readonly groups: readonly number[];
  readonly capabilities: bigint;
}

function statusOf(database: OvsDatabase): Status | undefined {
  const [, socket] = /^unix:(.+)$/.exec(database) ?? [];
  if (socket === undefined) return undefined;
  const pid = readIfThere(join(dirname(socket), 'ovs-vswitchd.pid'))?.trim();
  if (pid === undefined || !/^\d+$/.test(pid)) return undefined;
  try {
    return parseStatus(readText(`/proc/${pid}/status`));
  } catch {
    // It does not run. The database shows whether that matters.
    return undefined;
  }
}

// proc_pid_status(5): real, effective, saved and file system ids. The last one counts for opening files.
function parseStatus(text: string): Status {
  const words = (key: string): string[] => {
    const [, rest = ''] = new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text) ?? [];
    return rest.split(/\s+/).filter((word) => word !== '');
  };
  const numbers = (key: string): number[] => words(key).map(Number);
  const [capabilities = '0'] = words('CapEff');
  return {
    user: numbers('Uid')[3] ?? 0,
    groups: [...numbers('Gid').slice(3, 4), ...numbers('Groups')],
    capabilities: BigInt(`0x${capabilities}`),
  };
}

function nearest(directory: string): string {
  return exists(directory) || directory === '/' ? directory : nearest(dirname(directory));
}
