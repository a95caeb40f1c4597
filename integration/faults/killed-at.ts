import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, type Program } from '../harness/plugin.ts';
import { inside } from './faults.ts';

/**
 * Who is killed with dan: nobody but an IPAM plugin, so that what dan started goes on, or everything it started, as with
 * a cgroup.
 */
export type Scope = 'alone' | 'with its children';

const measure = `start=$(date +%s%N); "$@"; code=$?; echo $(( $(date +%s%N) - start )) >&3; exit $code`;

/** Calls the plugin, which must succeed, and returns how many seconds it took. */
export async function secondsOf(host: Host, call: Call, dan: Program): Promise<number> {
  const file = `${host.directory}/time`;
  const program = ['sh', '-c', `exec 3>${file}; ${measure}`, 'measure', ...dan] as const;
  const { exitCode, stdout } = await callPlugin(host, { ...call, program });
  if (exitCode !== 0) throw new Error(`a call that is measured failed: ${stdout}`);
  return Number(readFileSync(file, 'utf8')) / 1e9;
}

/** Calls the plugin, and kills it after so many seconds if it still runs then. */
export async function callKilledAt(
  host: Host,
  call: Call,
  { seconds, scope, dan }: { readonly seconds: number; readonly scope: Scope; readonly dan: Program },
): Promise<Answer> {
  const only = scope === 'alone' ? ['--foreground'] : [];
  const program = ['timeout', ...only, '--signal=KILL', seconds.toFixed(6), ...dan] as const;
  return await callPlugin(host, { ...call, program });
}

/** Whether the process of a call was killed. */
export function wasKilled({ exitCode }: Answer): boolean {
  return exitCode === -1 || exitCode === 137;
}

/** What is wrong with the sandbox's file as it is now: whoever reads it at any moment must find it whole. */
export function fileFaults(host: Host): readonly string[] {
  const path = inside(host, '/run/kata-containers/dans/sandbox-1.json');
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  try {
    const { devices } = JSON.parse(text) as { devices: readonly unknown[] };
    return devices.length > 0 ? [] : ['the DAN file has no device'];
  } catch {
    return [`the DAN file is half: ${text}`];
  }
}

/** Whether a record says that something of an attachment may be there. */
export function isRecorded(host: Host): boolean {
  const directory = inside(host, '/run/dan/attachments');
  return existsSync(directory) && readdirSync(directory).length > 0;
}
