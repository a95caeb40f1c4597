import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { LinkCounters } from '../model/link-counters.ts';
import type { LinkState } from '../model/link-state.ts';
import type { KernelOperation, Where } from '../model/operation.ts';
import type { Ingress, PodView } from '../model/pod-view.ts';
import type { PortVlan } from '../model/vlan.ts';
import type { Site } from './site.ts';

/**
 * What changes the kernel's network, and looks at it. There are two: one speaks rtnetlink itself, the other has iproute2
 * do it. What they do and what they answer is the same.
 */
export interface Executor {
  /**
   * Carries a list of operations out, in order. Throws `command-failed`, `command-timeout` or `interrupted` at the first
   * that fails: those before it are done, and what exists then is for the caller to look up.
   */
  apply(operations: readonly KernelOperation[], site: Site): Promise<void>;
  /** Reads links by name or altname. One that does not exist is left out. */
  readLinks(names: readonly string[], where: Where, site: Site): Promise<readonly Link[]>;
  /** Reads the MTUs of the ports of a bridge on the host, in bytes. With a thousand ports it takes as long as all else. */
  readPortMtus(bridge: Link, site: Site): Promise<readonly number[]>;
  /** Reads all links of a namespace. */
  readAllLinks(where: Where, site: Site): Promise<readonly Link[]>;
  /** Deletes links by name or altname; true when every one of them was there and is gone. */
  deleteLinks(names: readonly string[], where: Where, site: Site): Promise<boolean>;
  /** Reads links, addresses, routes of both families and permanent neighbors of the pod's namespace. */
  readPod(site: Site): Promise<PodView>;
  /** Reads what stands at a link's ingress. A link that does not exist has nothing there. */
  readIngress(link: string, where: Where, site: Site): Promise<Ingress>;
  /** The links of the pod that have a queueing discipline at their ingress, and names that dan would give. */
  linksWithIngress(site: Site): Promise<readonly InterfaceName[]>;
  /** Reads the VLANs of a bridge's port on the host. */
  readVlans(port: InterfaceName, site: Site): Promise<readonly PortVlan[]>;
  /** Whether a link speaks IPv6; one that does not exist does not. */
  hasIpv6(name: InterfaceName, where: Where, site: Site): Promise<boolean>;
  /** Reads the counters of links by name. One that does not exist is left out. */
  readCounters(names: readonly string[], where: Where, site: Site): Promise<ReadonlyMap<string, LinkCounters>>;
  /** Writes down the addresses, routes and permanent neighbors of a link in the pod. Throws `command-failed`. */
  saveLinkState(link: InterfaceName, pod: PodView, site: Site): Promise<LinkState>;
  /**
   * Gives a link in the pod back what was written down; `scratch` is the path of a file that may be needed for a moment.
   * Its routes are those that were written down and no others: the kernel makes one for each address, which a plugin may
   * have removed. Duplicate address detection is left out, since a tentative address cannot be the source of a route, and
   * these were in use before. Throws `command-failed`.
   */
  restoreLinkState(link: InterfaceName, state: LinkState, site: Site, scratch: string): Promise<void>;
}
