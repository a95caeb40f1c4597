import type { Executor } from '../executor.ts';
import type { Libc } from '../libc.ts';
import { apply } from './apply.ts';
import { deleteLinks } from './delete.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import {
  hasIpv6,
  linksWithIngress,
  readAllLinks,
  readCounters,
  readIngress,
  readLinks,
  readPortMtus,
  readPod,
  readVlans,
} from './read.ts';

/** Speaks rtnetlink itself, and starts no process. */
export function netlink(libc: Libc): Executor {
  return {
    apply: (...args) => apply(libc, ...args),
    deleteLinks: (...args) => deleteLinks(libc, ...args),
    hasIpv6: (...args) => hasIpv6(libc, ...args),
    linksWithIngress: (...args) => linksWithIngress(libc, ...args),
    readAllLinks: (...args) => readAllLinks(libc, ...args),
    readCounters: (...args) => readCounters(libc, ...args),
    readIngress: (...args) => readIngress(libc, ...args),
    readLinks: (...args) => readLinks(libc, ...args),
    readPortMtus: (...args) => readPortMtus(libc, ...args),
    readPod: (...args) => readPod(libc, ...args),
    readVlans: (...args) => readVlans(libc, ...args),
    restoreLinkState: (link, state, site) => restoreLinkState(libc, link, state, site),
    saveLinkState: (...args) => saveLinkState(libc, ...args),
  };
}
