import type { Tree } from '../../host/tree.ts';
import { type CniFacts, lookAtCni } from '../../node/cni/facts.ts';
import { type KataFacts, lookAtKata } from './kata/facts.ts';
import { type KernelFacts, lookAtKernel } from './kernel/facts.ts';
import { lookAtOvs, type OvsFacts } from './ovs/facts.ts';
import { lookAtState, type StateFacts } from './state/facts.ts';

/** Everything the checks go by. */
export interface NodeFacts {
  readonly cni: CniFacts;
  readonly kata: KataFacts;
  readonly kernel: KernelFacts;
  readonly ovs: OvsFacts;
  readonly state: StateFacts;
}

/** Where the node is, and what the operator said about it. */
export interface NodeQuestion {
  readonly tree: Tree;
  /** `--kata-config`: the configuration.toml that is used, as the node calls it. */
  readonly kataConfig: string | undefined;
}

/** Looks at a node. The network configurations come first: what else matters depends on what they ask for. */
export async function lookAtNode({ tree, kataConfig }: NodeQuestion): Promise<NodeFacts> {
  const cni = await lookAtCni(tree);
  const [kata, kernel, ovs, state] = await Promise.all([
    lookAtKata(tree, cni, kataConfig),
    lookAtKernel(tree, cni.networks),
    lookAtOvs(tree, cni.networks),
    lookAtState(tree, cni.networks),
  ]);
  return { cni, kata, kernel, ovs, state };
}
