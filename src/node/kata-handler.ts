import type { RuntimeHandler } from '../config/containerd/handler.ts';
import type { Tree } from '../host/tree.ts';
import { type ConfigInForce, findKataConfigs } from './kata-config.ts';
import { type KataShim, lookAtShim } from './kata-shim.ts';

/** What starts the pods of one of Kata's handlers. */
export interface HandlerKata {
  readonly shim: KataShim;
  /** The configurations that may be in force: two where nothing tells which of Kata's runtimes it is. */
  readonly configs: readonly ConfigInForce[];
}

/** Looks at the shim of a handler, and at the configuration in force: the one that is named, or that the shim finds. */
export async function lookAtHandler(
  tree: Tree,
  handler: RuntimeHandler,
  named: string | undefined,
): Promise<HandlerKata> {
  const shim = await lookAtShim(tree, handler);
  return { shim, configs: findKataConfigs(tree, { named: named ?? handler.configPath, runtime: shim.runtime }) };
}
