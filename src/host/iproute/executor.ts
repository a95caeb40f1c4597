import type { Executor } from '../executor.ts';
import { apply } from './apply.ts';
import { readCounters } from './link-counters.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import { deleteLinks, readAllLinks, readLinks, readPortMtus } from './links.ts';
import { linksWithIngress, readIngress, readPod } from './pod.ts';
import { hasIpv6 } from './sysctl.ts';
import { readVlans } from './vlans.ts';

/** Has `ip`, `tc` and `bridge` speak to the kernel, each in as few processes as it takes. */
export const iproute: Executor = {
  apply,
  deleteLinks,
  hasIpv6,
  linksWithIngress,
  readAllLinks,
  readCounters,
  readIngress,
  readLinks,
  readPortMtus,
  readPod,
  readVlans,
  restoreLinkState,
  saveLinkState,
};
