import type { TokenBucket } from '../model/bandwidth.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link, LinkCounters } from '../model/link.ts';
import type { KernelOperation, Where } from '../model/operation.ts';
import type { Ingress, LinkState, PodPolicy, PodView } from '../model/pod-view.ts';
import type { FunctionChange, FunctionRow } from '../model/virtual-function.ts';
import type { PortVlan } from '../model/vlan.ts';
import type { Site } from './site.ts';

/**
 * What changes the kernel's network, and looks at it. There are two implementations, which do and answer the same: in the
 * executable `netlink/` sends messages of rtnetlink, and in the program for Node `iproute/` runs `ip`, `tc` and `bridge`.
 * `#kernel` is the one or the other (package.json, "imports"). What the kernel refuses is `command-failed`.
 */
export interface Kernel {
  /** Whether it runs programs of the node to do this. */
  readonly runsPrograms: boolean;
  /**
   * Carries a list of operations out, in order. Throws `command-failed`, `command-timeout` or `interrupted` at the first
   * that fails: those before it are done, and what exists then is for the caller to look up.
   */
  readonly apply: (operations: readonly KernelOperation[], site: Site) => Promise<void>;
  /** Reads links by name or altname. One that does not exist is left out. */
  readonly readLinks: (names: readonly string[], where: Where, site: Site) => Promise<readonly Link[]>;
  /** Reads the MTUs of the ports of a bridge on the host, in bytes. With a thousand ports it takes as long as all else. */
  readonly readPortMtus: (bridge: Link, site: Site) => Promise<readonly number[]>;
  /** Reads all links of a namespace. */
  readonly readAllLinks: (where: Where, site: Site) => Promise<readonly Link[]>;
  /** Deletes links by name or altname; true when every one of them was there and is gone. */
  readonly deleteLinks: (names: readonly string[], where: Where, site: Site) => Promise<boolean>;
  /**
   * Reads links, addresses, routes of both families and permanent neighbors of the pod's namespace; of the link `taken`, also
   * its traits and parameters.
   */
  readonly readPod: (site: Site, taken?: string) => Promise<PodView>;
  /** Reads what else in the pod's namespace decides what becomes of the packets of a link. */
  readonly readPolicy: (link: InterfaceName, site: Site) => Promise<PodPolicy>;
  /** Reads what stands at a link's ingress. A link that does not exist has nothing there. */
  readonly readIngress: (link: string, where: Where, site: Site) => Promise<Ingress>;
  /** Reads the token bucket filter that holds what a link sends; undefined: it has another queueing discipline, or is none. */
  readonly readTokenBucket: (
    link: string,
    where: Where,
    site: Site,
  ) => Promise<Pick<TokenBucket, 'burst' | 'rate'> | undefined>;
  /** The links of the pod that have a queueing discipline at their ingress, and names that dan would give. */
  readonly linksWithIngress: (site: Site) => Promise<readonly InterfaceName[]>;
  /** Reads the VLANs of a bridge's port on the host. */
  readonly readVlans: (port: InterfaceName, site: Site) => Promise<readonly PortVlan[]>;
  /** Whether a link speaks IPv6; one that does not exist does not. */
  readonly hasIpv6: (name: InterfaceName, where: Where, site: Site) => Promise<boolean>;
  /** Reads the counters of links by name. One that does not exist is left out. */
  readonly readCounters: (
    names: readonly string[],
    where: Where,
    site: Site,
  ) => Promise<ReadonlyMap<string, LinkCounters>>;
  /** Writes down the addresses, routes and permanent neighbors of a link in the pod. */
  readonly saveLinkState: (link: InterfaceName, pod: PodView, site: Site) => Promise<LinkState>;
  /**
   * Gives a link in the pod back what was written down, and returns the routes that the kernel does not take any more, as
   * sentences. Its routes are those that were written down and no others: the kernel makes one for each address, which a
   * plugin may have removed. Until all are made these stay, since a gateway may have been reached by them then. Duplicate
   * address detection is left out: a tentative address cannot be the source of a route, and these were in use before.
   */
  readonly restoreLinkState: (link: InterfaceName, state: LinkState, site: Site) => Promise<readonly string[]>;
  /**
   * Opens so many queues of a tap on the host, with IFF_VNET_HDR, for a virtual machine monitor that is handed them. Whoever
   * asks closes them.
   */
  readonly openTap: (name: InterfaceName, queuePairs: number, site: Site) => Promise<readonly number[]>;
  /** What a physical function on the host says of its virtual functions, by their numbers. A missing link says nothing. */
  readonly readFunctions: (link: InterfaceName, site: Site) => Promise<ReadonlyMap<number, FunctionRow>>;
  /** Asks a physical function on the host for a change of one of its virtual functions. */
  readonly setFunction: (link: InterfaceName, number: number, change: FunctionChange, site: Site) => Promise<void>;
  /** The numbers of a macvtap's character device, `major:minor`, as its sysfs has them in the pod's namespace. */
  readonly readMacvtapNumbers: (link: InterfaceName, site: Site) => Promise<string>;
  /** Mounts a small memory file system for device nodes on a directory. */
  readonly mountForNodes: (directory: string, site: Site) => Promise<void>;
  /** Makes the node of a character device, mode 0600, owned by root. */
  readonly makeCharacterDevice: (path: string, numbers: DeviceNumbers, site: Site) => Promise<void>;
}

/** The numbers of a device (makedev(3)). */
export interface DeviceNumbers {
  readonly major: number;
  readonly minor: number;
}
