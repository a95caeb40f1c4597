import type { Tree } from '../../../host/tree.ts';
import { type CniFacts, lookAtCni } from '../../../node/cni/facts.ts';
import { askPlugins } from '../../../node/cni/plugin-versions.ts';
import { askedTypes, type PluginVersions } from '../../../node/list.ts';
import { isLive } from '../../../node/paths.ts';
import { type FunctionFacts, lookAtFunctions } from './functions.ts';
import { type KataFacts, lookAtKata } from './kata.ts';
import { type KernelFacts, lookAtKernel } from './kernel.ts';
import { lookAtOvs, type OvsFacts } from './ovs.ts';
import { lookAtState, type StateFacts } from './state.ts';

/** All facts that the checks use. */
export interface NodeFacts {
  /** Whether the node's root is this system's, so that programs and the kernel were asked, not only files read. */
  readonly isLive: boolean;
  readonly cni: CniFacts;
  readonly kata: KataFacts;
  readonly kernel: KernelFacts;
  readonly ovs: OvsFacts;
  /** undefined if no network has virtual functions. */
  readonly functions: FunctionFacts | undefined;
  readonly state: StateFacts;
  /** The answers to VERSION of the other plugins that get a list's CNI version. */
  readonly pluginVersions: readonly PluginVersions[];
}

/**
 * Looks at a node, once. The network configurations come first, because they decide what else matters. `kataConfig` is
 * the configuration.toml that the operator says is used.
 */
export async function lookAtNode(tree: Tree, kataConfig: string | undefined): Promise<NodeFacts> {
  const cni = await lookAtCni(tree);
  const { networks, binDirs } = cni;
  const [kata, kernel, ovs, functions, state, pluginVersions] = await Promise.all([
    lookAtKata(tree, cni, kataConfig),
    lookAtKernel(tree, networks),
    lookAtOvs(tree, networks),
    lookAtFunctions(tree, networks),
    lookAtState(tree, cni),
    askPlugins(tree, binDirs, askedTypes(networks.flatMap(({ plugins }) => plugins))),
  ]);
  return { isLive: isLive(tree), cni, kata, kernel, ovs, functions, state, pluginVersions };
}
