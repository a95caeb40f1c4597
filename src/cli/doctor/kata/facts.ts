import type { RuntimeHandler } from '../../../config/containerd/handler.ts';
import type { Tree } from '../../../host/tree.ts';
import { type ConfigInForce, findKataConfigs } from '../../../node/kata-config.ts';
import { lookAtHandler } from '../../../node/kata-handler.ts';
import type { KataRuntime, KataShim } from '../../../node/kata-shim.ts';
import { resolvedIn } from '../../../node/paths.ts';
import { type CniFacts, type HandlerNetworks, networksOf } from '../../../node/cni/facts.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';

/** A way in which Kata's pods start on this node: a handler, with the configuration that is in force for it. */
export interface KataUse {
  /** Undefined: containerd has no handler of Kata's, or there is no containerd. */
  readonly handler: RuntimeHandler | undefined;
  readonly shim: KataShim | undefined;
  /** The runtime that reads the configuration; undefined: that cannot be told. */
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
 * Looks at Kata: which shim each handler has, which configuration is in force, and what it says. `kataConfig` is the one
 * that the operator says is in force, for every handler.
 */
export async function lookAtKata(tree: Tree, cni: CniFacts, kataConfig: string | undefined): Promise<KataFacts> {
  const handlers = relevant(cni);
  const uses = await Promise.all(handlers.map((one) => usesOf(tree, cni, one, kataConfig)));
  return { uses: uses.length > 0 ? uses.flat() : withoutHandler(tree, cni, kataConfig) };
}

// A handler whose pods get another network needs no configuration for DAN. What multus calls is not seen from here.
function relevant(cni: CniFacts): readonly HandlerNetworks[] {
  const handlers = cni.handlers.filter(({ handler }) => handler.isKata);
  const withDan = handlers.filter(
    (one) =>
      networksOf(cni, one).length > 0 ||
      one.chosen.some(({ list }) => list?.plugins.some(({ type }) => type === 'multus') === true),
  );
  return withDan.length > 0 ? withDan : handlers;
}

async function usesOf(
  tree: Tree,
  cni: CniFacts,
  one: HandlerNetworks,
  named: string | undefined,
): Promise<readonly KataUse[]> {
  const { handler } = one;
  const { shim, configs } = await lookAtHandler(tree, handler, named);
  return configs.map((config) => useOf(tree, config, { handler, shim, networks: networksOf(cni, one) }));
}

function withoutHandler(tree: Tree, cni: CniFacts, named: string | undefined): readonly KataUse[] {
  const configs = findKataConfigs(tree, { named, runtime: undefined });
  return configs.map((config) => useOf(tree, config, { handler: undefined, shim: undefined, networks: cni.networks }));
}

function useOf(tree: Tree, config: ConfigInForce, rest: Pick<KataUse, 'handler' | 'shim' | 'networks'>): KataUse {
  const settings = config.file?.settings;
  const danConf = settings?.danConf;
  return {
    ...rest,
    config,
    runtime: rest.shim?.runtime ?? config.runtime ?? (settings?.isOfRust === true ? 'rust' : undefined),
    danConf: danConf?.startsWith('/') === true ? resolvedIn(tree, danConf) : undefined,
  };
}
