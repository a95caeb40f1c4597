import { kernel } from '#kernel';
import { system } from '#system';
import type { Tree } from '../../../host/tree.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { type BridgeFacts, lookAtBridges } from './bridges.ts';
import { type DeviceNodes, hasVirtualization, lookAtDeviceNodes } from './device-nodes.ts';
import { type Forwarding, lookAtForwarding } from './forwarding.ts';
import { type HugePages, lookAtHugePages } from './huge-pages.ts';
import { type LinkManagers, lookAtLinkManagers } from './managers/facts.ts';
import { type Probes, probeKernel } from './probes.ts';
import { lookAtPrograms, type Programs } from './programs.ts';

/** What is known of the kernel, and of what works on it beside dan. */
export interface KernelFacts {
  /** Who looks, by numeric id; undefined: it does not matter, since only files are looked at. */
  readonly user: number | undefined;
  /** undefined where there is no /dev of a node that runs. */
  readonly deviceNodes: DeviceNodes | undefined;
  /** The processor can run virtual machines; undefined: nobody knows. */
  readonly virtualization: boolean | undefined;
  readonly probes: Probes;
  readonly programs: Programs;
  /** The program for Node runs here: iproute2 speaks to the kernel for it, and "flock" locks. The executable does both. */
  readonly runsPrograms: boolean;
  readonly hugePages: HugePages | undefined;
  /** A text: why they could not be read; undefined: only files are looked at. */
  readonly bridges: readonly BridgeFacts[] | string | undefined;
  /** undefined: only files are looked at. */
  readonly forwarding: readonly Forwarding[] | undefined;
  readonly managers: LinkManagers;
}

/** Looks at the kernel and the programs of a node. Where its root is not this system's, only at files. */
export async function lookAtKernel(tree: Tree, networks: readonly DanNetwork[]): Promise<KernelFacts> {
  const isLive = tree.root === '/';
  const user = isLive ? system.geteuid() : undefined;
  const isRoot = user === 0;
  const [probes, programs, bridges, forwarding] = await Promise.all([
    isRoot ? probeKernel() : notTried(isLive ? 'only root can try it' : 'only files are looked at'),
    lookAtPrograms(tree, isLive),
    isLive ? lookAtBridges(networks) : undefined,
    isLive ? lookAtForwarding() : undefined,
  ]);
  return {
    user,
    deviceNodes: lookAtDeviceNodes(tree, isRoot),
    virtualization: hasVirtualization(tree),
    probes,
    programs,
    runsPrograms: kernel.runsPrograms,
    hugePages: lookAtHugePages(tree),
    bridges,
    forwarding,
    managers: lookAtLinkManagers(tree),
  };
}

function notTried(hindrance: string): Probes {
  return { tried: [], faults: {}, hindrance };
}
