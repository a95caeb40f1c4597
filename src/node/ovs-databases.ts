import { wantsOf } from '../kinds/kinds.ts';
import { exists } from '../host/files.ts';
import { defaultOvsDatabase, type OvsDatabase } from '../model/ovs.ts';
import type { DanNetwork } from './cni/network.ts';

/** The database that a network surely uses; undefined: none, or none for sure. Pure. */
export function databaseOf({ config }: Pick<DanNetwork, 'config'>): OvsDatabase | undefined {
  if (config === undefined) return undefined;
  const { bridge, database } = wantsOf(config.device);
  return bridge === null ? undefined : database;
}

/** The databases that networks name, and the one at the default place, which has bridges that they name without "ovs". */
export function databasesOf(networks: readonly Pick<DanNetwork, 'config'>[]): readonly OvsDatabase[] {
  const named = networks.map(databaseOf).filter((database) => database !== undefined);
  const isThere = exists(defaultOvsDatabase.slice('unix:'.length));
  return [...new Set([...named, ...(isThere ? [defaultOvsDatabase] : [])])];
}
