import type { Executor } from '../executor.ts';
import { apply } from './apply.ts';
import { makeCharacterDevice, mountForNodes, readMacvtapNumbers } from './device-node.ts';
import { readCounters } from './link-counters.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import { deleteLinks, readAllLinks, readLinks, readPortMtus } from './links.ts';
import { linksWithIngress, readIngress, readPod } from './pod.ts';
import { hasIpv6 } from './sysctl.ts';
import { readVlans } from './vlans.ts';

/** Has `ip`, `tc` and `bridge` speak to the kernel, each in as few processes as it takes. */
export const executor: Executor = {
  needs: 'iproute2',
  apply,
  deleteLinks,
  hasIpv6,
  linksWithIngress,
  makeCharacterDevice,
  mountForNodes,
  readAllLinks,
  readCounters,
  readIngress,
  readLinks,
  readMacvtapNumbers,
  readPortMtus,
  readPod,
  readVlans,
  restoreLinkState,
  saveLinkState,
};
