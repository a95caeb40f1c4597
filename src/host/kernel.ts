import type { TokenBucket } from '../model/bandwidth.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link, LinkCounters } from '../model/link.ts';
import type { KernelOperation, Where } from '../model/operation.ts';
import type { Ingress, LinkState, PodPolicy, PodView } from '../model/pod-view.ts';
import type { FunctionChange, FunctionRow } from '../model/virtual-function.ts';
import type { PortVlan } from '../model/vlan.ts';
import type { Site } from './site.ts';

/**
 * Changes and reads the kernel's network. There are two implementations with the same behavior and results: in the
 * executable, `netlink/` sends rtnetlink messages; in the program for Node, `iproute/` runs `ip`, `tc` and `bridge`.
 * `#kernel` is one or the other (package.json, "imports"). A refusal by the kernel is `command-failed`.
 */
export interface Kernel {
  /** Whether it runs programs of the node. */
  readonly runsPrograms: boolean;
  /**
   * Carries out a list of operations, in order. Throws `command-failed`, `command-timeout` or `interrupted` at the
   * first one that fails. The operations before it stay done; the caller must find out what exists.
   */
  readonly apply: (operations: readonly KernelOperation[], site: Site) => Promise<void>;
  /** Reads links by name or altname. A missing link is left out. */
  readonly readLinks: (names: readonly string[], where: Where, site: Site) => Promise<readonly Link[]>;
  /** Reads the MTUs of a bridge's ports on the host, in bytes. A thousand ports take as long as everything else. */
  readonly readPortMtus: (bridge: Link, site: Site) => Promise<readonly number[]>;
  /** Reads all links of a namespace. */
  readonly readAllLinks: (where: Where, site: Site) => Promise<readonly Link[]>;
  /** Deletes links by name or altname. Returns true if every one of them existed and is gone. */
  readonly deleteLinks: (names: readonly string[], where: Where, site: Site) => Promise<boolean>;
  /**
   * Reads links, addresses, routes of both families and permanent neighbors of the pod's namespace. For the link
   * `taken`, also reads its traits and parameters.
   */
  readonly readPod: (site: Site, taken?: string) => Promise<PodView>;
  /** Reads what else in the pod's namespace affects the packets of a link. */
  readonly readPolicy: (link: InterfaceName, site: Site) => Promise<PodPolicy>;
  /** Reads what is at a link's ingress. A missing link has nothing there. */
  readonly readIngress: (link: string, where: Where, site: Site) => Promise<Ingress>;
  /** Reads the token bucket filter for what a link sends; undefined if it has another discipline or is missing. */
  readonly readTokenBucket: (
    link: string,
    where: Where,
    site: Site,
  ) => Promise<Pick<TokenBucket, 'burst' | 'rate'> | undefined>;
  /** The links in the pod with the queueing discipline `ingress`, except those with names that dan refuses. */
  readonly linksWithIngress: (site: Site) => Promise<readonly InterfaceName[]>;
  /** Reads the VLANs of a bridge's port on the host. */
  readonly readVlans: (port: InterfaceName, site: Site) => Promise<readonly PortVlan[]>;
  /** Whether IPv6 is on for a link; false for a missing link. */
  readonly hasIpv6: (name: InterfaceName, where: Where, site: Site) => Promise<boolean>;
  /** Reads the counters of links by name. A missing link is left out. */
  readonly readCounters: (
    names: readonly string[],
    where: Where,
    site: Site,
  ) => Promise<ReadonlyMap<string, LinkCounters>>;
  /** Saves the addresses, routes and permanent neighbors of a link in the pod. */
  readonly saveLinkState: (link: InterfaceName, pod: PodView, site: Site) => Promise<LinkState>;
  /**
   * Restores what was saved to a link in the pod. Returns the routes that the kernel no longer accepts, as sentences.
   * The link ends up with exactly the saved routes. The kernel makes a route for each address, which a plugin may have
   * removed before: such routes are deleted last, because a saved gateway may be reachable only through them. Duplicate
   * address detection is skipped: a tentative address cannot be the source of a route, and these addresses were in use
   * before.
   */
  readonly restoreLinkState: (link: InterfaceName, state: LinkState, site: Site) => Promise<readonly string[]>;
  /** Opens queues of a tap on the host, with IFF_VNET_HDR, to pass them to a VMM. The caller closes them. */
  readonly openTap: (name: InterfaceName, queuePairs: number, site: Site) => Promise<readonly number[]>;
  /** What a physical function on the host reports about its virtual functions, by number; empty if it is missing. */
  readonly readFunctions: (link: InterfaceName, site: Site) => Promise<ReadonlyMap<number, FunctionRow>>;
  /** Changes a virtual function through its physical function on the host. */
  readonly setFunction: (link: InterfaceName, number: number, change: FunctionChange, site: Site) => Promise<void>;
  /** The numbers of a macvtap's character device, `major:minor`, from sysfs in the pod's namespace. */
  readonly readMacvtapNumbers: (link: InterfaceName, site: Site) => Promise<string>;
  /** Mounts a small tmpfs for device nodes on a directory. */
  readonly mountForNodes: (directory: string, site: Site) => Promise<void>;
  /** Makes a character device node, mode 0600, owned by root. */
  readonly makeCharacterDevice: (path: string, numbers: DeviceNumbers, site: Site) => Promise<void>;
}

/** The numbers of a device (makedev(3)). */
export interface DeviceNumbers {
  readonly major: number;
  readonly minor: number;
}
