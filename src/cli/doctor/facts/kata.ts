import type { RuntimeHandler } from '../../../config/containerd.ts';
import type { Tree } from '../../../host/tree.ts';
import { type CniFacts, networksOf } from '../../../node/cni/facts.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import {
  type ConfigInForce,
  findKataConfigs,
  type KataRuntime,
  type KataShim,
  lookAtHandler,
} from '../../../node/kata.ts';
import { resolvedIn } from '../../../node/paths.ts';

/** A way in which Kata's pods start on this node: a handler, and the configuration in force for it. */
export interface KataUse {
  /** undefined if containerd has no Kata handler, or if there is no containerd. */
  readonly handler: RuntimeHandler | undefined;
  readonly shim: KataShim | undefined;
  /** The runtime that reads the configuration; undefined if unknown. */
  readonly runtime: KataRuntime | undefined;
  readonly config: ConfigInForce;
  /** Its `dan_conf` with symbolic links resolved; undefined if it has no absolute one. */
  readonly danConf: string | undefined;
  /** The dan networks that its pods get. */
  readonly networks: readonly DanPlugin[];
}

/** The facts about Kata. */
export interface KataFacts {
  /** Every use in which pods get a DAN. If no pod gets one yet, every use. */
  readonly uses: readonly KataUse[];
}

/**
 * Looks at Kata: the shim of each handler, the configuration in force, and its settings. `named` is the configuration
 * that the operator says is in force for every handler.
 */
export async function lookAtKata(tree: Tree, cni: CniFacts, named: string | undefined): Promise<KataFacts> {
  const handlers = cni.handlers.filter(({ handler }) => handler.isKata);
  // A handler whose pods get another network needs no configuration for DAN. multus' networks are unknown here.
  const withDan = handlers.filter(
    (one) =>
      networksOf(cni, one).length > 0 ||
      one.chosen.some(({ list }) => list?.plugins.some(({ type }) => type === 'multus') === true),
  );
  const uses = await Promise.all(
    (withDan.length > 0 ? withDan : handlers).map(async (one) => {
      const { handler } = one;
      const { shim, configs } = await lookAtHandler(tree, handler, named);
      return configs.map((config) => useOf(tree, config, { handler, shim, networks: networksOf(cni, one) }));
    }),
  );
  if (uses.length > 0) return { uses: uses.flat() };
  const nobodys = { handler: undefined, shim: undefined, networks: cni.networks };
  return { uses: findKataConfigs(tree, named, undefined).map((config) => useOf(tree, config, nobodys)) };
}

function useOf(tree: Tree, config: ConfigInForce, rest: Pick<KataUse, 'handler' | 'shim' | 'networks'>): KataUse {
  const { danConf, isOfRust } = config.file?.settings ?? {};
  return {
    ...rest,
    config,
    runtime: rest.shim?.runtime ?? config.runtime ?? (isOfRust === true ? 'rust' : undefined),
    danConf: danConf?.startsWith('/') === true ? resolvedIn(tree, danConf) : undefined,
  };
}
