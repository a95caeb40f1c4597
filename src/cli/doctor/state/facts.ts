import { defaultDanConf, lockDirectory } from '../../../attach/directories.ts';
import { type Inventory, readInventory } from '../../../node/attachments/inventory.ts';
import { lockName } from '../../../host/lock.ts';
import type { Tree } from '../../../host/tree.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { databasesOf } from '../../../node/ovs-databases.ts';
import { lookAtStateFiles, type StateFiles } from './files.ts';
import { type HeldLock, heldLocks } from '../../../node/locks.ts';
import { lasting, problemsOf } from '../../../node/attachments/problems.ts';

/** What is known of what dan has left on the node. */
export interface StateFacts {
  readonly files: StateFiles;
  /** undefined: only files are looked at. */
  readonly locks: readonly HeldLock[] | undefined;
  /** Attachments that nothing is at work on; undefined: only files are looked at. */
  readonly inventory: Inventory | undefined;
}

/** A network, as far as it tells where to look. */
type Network = Pick<DanPlugin, 'config' | 'danConf' | 'document' | 'name' | 'path'>;

/** Looks at what dan has left on a node. Where its root is not this system's, only at files. */
export async function lookAtState(tree: Tree, networks: readonly Network[]): Promise<StateFacts> {
  const danConfs = [...new Set([defaultDanConf, ...networks.map(({ config, danConf }) => config?.danConf ?? danConf)])];
  if (tree.root !== '/') return { files: lookAtStateFiles(tree, danConfs), locks: undefined, inventory: undefined };
  const before = heldLocks(lockDirectory);
  const inventory = await readTwice(danConfs, networks);
  const recorded = inventory.items.flatMap(({ record }) => record?.danConf ?? []);
  const files = lookAtStateFiles(tree, [...new Set([...danConfs, ...recorded])]);
  const locks = heldLocks(lockDirectory);
  const isIdle = (sandbox: string): boolean => {
    const lock = `${lockDirectory}/${lockName({ kind: 'sandbox', name: sandbox })}`;
    return ![...before, ...locks].some(({ path }) => path === lock);
  };
  return {
    files: { ...files, temporary: files.temporary.filter(({ sandbox }) => isIdle(sandbox)) },
    locks,
    inventory: { ...inventory, items: inventory.items.filter(({ identity }) => isIdle(identity.sandbox)) },
  };
}

// Nothing is locked for looking, so an attachment that comes or goes meanwhile shows in part. Once more, and it does not.
async function readTwice(danConfs: readonly string[], networks: readonly Network[]): Promise<Inventory> {
  const read = async (): Promise<Inventory> =>
    await readInventory({ danConfs, databases: databasesOf(networks) }, { timeoutSeconds: 10 });
  const first = await read();
  return first.items.every((item) => problemsOf(item).length === 0) ? first : lasting(first, await read());
}
