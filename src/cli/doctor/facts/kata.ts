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

/** A way in which Kata's pods start on this node: a handler, with the configuration that is in force for it. */
export interface KataUse {
  /** Undefined: containerd has no handler of Kata's, or there is no containerd. */
  readonly handler: RuntimeHandler | undefined;
  readonly shim: KataShim | undefined;
  /** The runtime that reads the configuration; undefined: it is not known. */
  readonly runtime: KataRuntime | undefined;
  readonly config: ConfigInForce;
  /** Its `dan_conf` with links followed; undefined where there is none that is absolute. */
  readonly danConf: string | undefined;
  /** The networks of dan that its pods get. */
  readonly networks: readonly DanPlugin[];
}

/** What is looked at. */
export interface KataFacts {
  /** Every way in which pods get a DAN; all ways there are, where no pod gets one yet. */
  readonly uses: readonly KataUse[];
}

/**
 * Looks at Kata: which shim each handler has, which configuration is in force, and what it says. `named` is the one that
 * the operator says is in force, for every handler.
 */
export async function lookAtKata(tree: Tree, cni: CniFacts, named: string | undefined): Promise<KataFacts> {
  const handlers = cni.handlers.filter(({ handler }) => handler.isKata);
  // A handler whose pods get another network needs no configuration for DAN. What multus calls is not seen from here.
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
