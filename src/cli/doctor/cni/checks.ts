import type { Check } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { chainChecks } from './chain-checks.ts';
import { choiceChecks } from './choice-checks.ts';
import { containerdChecks } from './containerd-checks.ts';
import { networkChecks } from './network-checks.ts';
import { programChecks } from './program-checks.ts';

/** What is asked about the container runtime, its network configurations and its plugins. */
export const cniChecks: readonly Check<NodeFacts>[] = [
  ...containerdChecks,
  ...choiceChecks,
  ...networkChecks,
  ...programChecks,
  ...chainChecks,
];
