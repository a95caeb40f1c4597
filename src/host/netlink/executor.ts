import type { Executor } from '../executor.ts';
import { apply } from './apply.ts';
import { deleteLinks } from './delete.ts';
import { makeCharacterDevice, mountForNodes, readMacvtapNumbers } from './device-node.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import {
  hasIpv6,
  linksWithIngress,
  readAllLinks,
  readCounters,
  readIngress,
  readLinks,
  readPod,
  readPortMtus,
  readVlans,
} from './read.ts';

/** Speaks rtnetlink itself, and starts no process. */
export const executor: Executor = {
  needs: undefined,
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
  readPod,
  readPortMtus,
  readVlans,
  restoreLinkState,
  saveLinkState,
};
