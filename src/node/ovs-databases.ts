import { wantsOf } from '../kinds/kinds.ts';
import { exists } from '../host/files.ts';
import { defaultOvsDatabase, type OvsDatabase } from '../model/ovs.ts';
import type { DanNetwork } from './cni/network.ts';

/**
 * Seconds that a database has to answer a command that only looks at the node. Such a command looks twice, and the
 * clients of `dan metrics` usually wait for 10 s.
 */
export const lookSeconds = 4;

/** The database that a network certainly uses; undefined if it uses none, or if that is uncertain. Pure. */
export function databaseOf({ config }: Pick<DanNetwork, 'config'>): OvsDatabase | undefined {
  if (config === undefined) return undefined;
  const { bridge, database } = wantsOf(config.device);
  return bridge === null ? undefined : database;
}

/** The databases that networks name, and the default one if it exists: bridges named without "ovs" may be in it. */
export function databasesOf(networks: readonly Pick<DanNetwork, 'config'>[]): readonly OvsDatabase[] {
  const named = networks.map(databaseOf).filter((database) => database !== undefined);
  const isThere = exists(defaultOvsDatabase.slice('unix:'.length));
  return [...new Set([...named, ...(isThere ? [defaultOvsDatabase] : [])])];
}
