import { exists, readIfThere } from '../../../host/files.ts';
import type { OvsDatabase } from '../../../model/ovs.ts';
import { dirname, join } from '../../../model/path.ts';

/** The ovs-vswitchd of a database. */
export type OvsProcess =
  | { readonly state: 'running'; readonly pid: number }
  | { readonly state: 'gone'; readonly pid: number; readonly file: string }
  | { readonly state: 'unknown'; readonly file: string };

/** Looks for the ovs-vswitchd beside the socket of its database; undefined for a database that has no socket here. */
export function processOf(database: OvsDatabase): OvsProcess | undefined {
  const [, socket] = /^unix:(.+)$/.exec(database) ?? [];
  if (socket === undefined) return undefined;
  const file = join(dirname(socket), 'ovs-vswitchd.pid');
  const pid = Number(readIfThere(file)?.trim());
  if (!Number.isInteger(pid) || pid <= 0) return { state: 'unknown', file };
  return exists(`/proc/${pid}`) ? { state: 'running', pid } : { state: 'gone', pid, file };
}
