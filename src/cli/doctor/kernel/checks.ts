import type { Check } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { bridgeChecks } from './bridge-checks.ts';
import { deviceNodeChecks } from './device-node-checks.ts';
import { forwardingChecks } from './forwarding-checks.ts';
import { hugePageChecks } from './huge-page-checks.ts';
import { linkManagerChecks } from './managers/checks.ts';
import { probeChecks } from './probe-checks.ts';
import { programChecks } from './program-checks.ts';

/** What the kernel can do, which programs there are, and what works on links beside dan. */
export const kernelChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-user',
    fine: 'root asks',
    why: 'dan and Kata run as root; nobody else can make links, nor read what belongs to root alone.',
    unasked: ({ kernel }) => (kernel.user === undefined ? 'only files are looked at' : undefined),
    look: ({ kernel: { user } }) =>
      user === 0
        ? []
        : [
            {
              severity: 'note',
              seen: `dan doctor runs as user ${user ?? 'unknown'}`,
              cure: 'what only root can see was not looked at, and some of what follows may be wrong: run it as root',
            },
          ],
  },
  ...programChecks,
  ...deviceNodeChecks,
  ...probeChecks,
  ...bridgeChecks,
  ...forwardingChecks,
  ...hugePageChecks,
  ...linkManagerChecks,
];
