import { type ChainFault, chainFaults } from '../../../node/chain.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { chainText } from '../../node-texts.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { withoutNetworks } from './network-checks.ts';

/** What is asked about the plugins before and behind dan in one list. */
export const chainChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-chain-order',
    fine: 'dan stands where it belongs in its list of plugins',
    why: 'A tap of the host stands for the pod’s own interface; tcfilter and macvtap take over one that a plugin before them made.',
    unasked: withoutNetworks,
    look: ({ cni }) => cni.networks.flatMap((network) => observations(network, ({ of }) => of !== 'behind')),
  },
  {
    id: 'cni-chain',
    fine: 'plugins behind dan can work with what it makes',
    why: 'The guest’s interface is in the virtual machine. A plugin that looks for it in the pod’s namespace finds none.',
    unasked: withoutNetworks,
    look: ({ cni }) => cni.networks.flatMap((network) => observations(network, ({ of }) => of === 'behind')),
  },
];

function observations(
  { path, plugins, at }: DanPlugin,
  isAsked: (fault: ChainFault) => boolean,
): readonly Observation[] {
  const faults = chainFaults(plugins, at).filter(isAsked);
  return faults.map(chainText).map(({ severity, seen, cure }) => ({ severity, seen: `${path}: ${seen}`, cure }));
}
