// Numbers from the kernel's headers. Each group names the prefix of its names there: `ifla.mtu` is IFLA_MTU, unless
// other words are usual.

/** RTM_NEW…, RTM_DEL…, RTM_GET…, RTM_SET…, RTM_NEWLINKPROP of linux/rtnetlink.h: message types, by their subject. */
export const rtm = {
  link: { make: 16, delete: 17, get: 18, set: 19, addName: 108 },
  address: { make: 20, delete: 21, get: 22 },
  route: { make: 24, delete: 25, get: 26 },
  neighbor: { make: 28, get: 30 },
  discipline: { make: 36, delete: 37, get: 38 },
  rule: { make: 32, get: 34 },
  filter: { make: 44, delete: 45, get: 46 },
} as const;

/** NLM_F_… of linux/netlink.h: flags of a message. */
export const flags = {
  request: 0x1,
  /** NLM_F_MULTI: one part of a multipart answer. */
  part: 0x2,
  /** NLM_F_ACK: the kernel reports how the request ended. */
  wantsAnswer: 0x4,
  /** NLM_F_ECHO: without it, the answer about one discipline goes only to listeners of the multicast group. */
  wantsEcho: 0x8,
  /** NLM_F_DUMP_INTR: the data changed while it was read. */
  wasInterrupted: 0x10,
  /** NLM_F_ROOT | NLM_F_MATCH: everything that matches. */
  wantsAll: 0x300,
  replaces: 0x100,
  /** NLM_F_CREATE: create it if it is missing. */
  creates: 0x400,
  /** NLM_F_CREATE | NLM_F_EXCL: create it; it must not exist. */
  makesNew: 0x600,
  /** NLM_F_APPEND: add it to the existing ones. */
  appends: 0x800,
  /** NLM_F_CAPPED, of an answer: it contains only the header of the request. */
  isCapped: 0x100,
  /** NLM_F_ACK_TLVS, of an answer: the kernel's error message follows. */
  hasWords: 0x200,
} as const;

/** NLA_F_NESTED of linux/netlink.h, which only newer attributes require. */
export const isNested = 0x8000;

/** AF_INET and AF_INET6 of linux/socket.h, by IP version. */
export const ipFamily = { 4: 2, 6: 10 } as const;
export const ipVersions: Readonly<Record<number, 4 | 6>> = { [ipFamily[4]]: 4, [ipFamily[6]]: 6 };
/** AF_BRIDGE: a message about bridges and their ports. */
export const bridgeFamily = 7;

/** Bytes of the fixed parts: struct ifinfomsg, ifaddrmsg, rtmsg, ndmsg, tcmsg, fib_rule_hdr. */
export const headerLengths = { link: 16, address: 8, route: 12, neighbor: 12, control: 20, rule: 12 } as const;

/** IFLA_… of linux/if_link.h: attributes of a link. */
export const ifla = {
  address: 1,
  name: 3,
  mtu: 4,
  /** Of a macvtap: the link below it. */
  link: 5,
  master: 10,
  queueLength: 13,
  info: 18,
  alias: 20,
  /** IFLA_VFINFO_LIST: a physical function's virtual functions. */
  functions: 22,
  counters: 23,
  ofFamily: 26,
  namespaceFile: 28,
  extent: 29,
  program: 43,
  names: 52,
  altname: 53,
} as const;

/** IFLA_INFO_…: attributes of a link's kind. */
export const infoAttributes = { kind: 1, data: 2, slaveKind: 4, slaveData: 5 } as const;

/** IFLA_BRPORT_MODE: a port sends frames back out of the port on which they came in. */
export const portHairpin = 4;

/**
 * RTEXT_FILTER_… of linux/rtnetlink.h: request virtual functions, request VLANs as ranges, and leave out the counters,
 * which cost most.
 */
export const extents = { withFunctions: 1 << 0, withVlans: 1 << 2, withoutCounters: 1 << 3 } as const;

/** IFLA_MACVLAN_MODE, and MACVLAN_MODE_… of linux/if_link.h. */
export const macvtapMode = 1;
export const macvtapModes = { private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 } as const;

/** VETH_INFO_PEER of linux/veth.h. */
export const vethPeer = 1;

/** IFLA_XDP_ATTACHED: whether the link has an XDP program. */
export const programAttached = 2;

/** IFF_… of linux/if.h. */
export const linkFlags = {
  up: 0x1,
  loopback: 0x8,
  noArp: 0x80,
  promiscuous: 0x100,
  allMulticast: 0x200,
  multicast: 0x1000,
  lowerUp: 0x1_0000,
} as const;

/** IFLA_BRIDGE_VLAN_INFO, and BRIDGE_VLAN_INFO_… of linux/if_bridge.h. */
export const vlanInfo = 2;
export const vlanFlags = { pvid: 1 << 1, untagged: 1 << 2, rangeBegin: 1 << 3, rangeEnd: 1 << 4 } as const;

/** IFA_… of linux/if_addr.h, and IFA_F_TENTATIVE: duplicate address detection is not finished. */
export const ifa = { address: 1, local: 2, flags: 8 } as const;
export const isTentative = 0x40;
/** IFA_F_…: further flags of an address. The first one has another meaning in IPv4. */
export const addressFlags = { temporary: 0x01, dadFailed: 0x08, deprecated: 0x20, makesTemporary: 0x100 } as const;

/** IFA_F_PERMANENT, and NUD_PERMANENT of linux/neighbour.h: an address or a neighbor that does not expire. */
export const isPermanent = 0x80;

/** NDA_… of linux/neighbour.h, and NTF_PROXY: the link answers for the address. */
export const nda = { address: 1, linkLayer: 2 } as const;
export const isProxy = 0x8;

/** RTA_… of linux/rtnetlink.h, with RTAX_LOCK and RTAX_MTU among its metrics. */
export const rta = {
  destination: 1,
  link: 4,
  gateway: 5,
  priority: 6,
  source: 7,
  metrics: 8,
  nextHops: 9,
  realm: 11,
  cacheInfo: 12,
  table: 15,
  via: 18,
  encapsulation: 22,
  nextHopObject: 30,
} as const;
export const rtax = { lock: 1, mtu: 2 } as const;

/** FRA_… of linux/fib_rules.h. */
export const fra = { priority: 6, table: 15 } as const;

/** RTNH_F_ONLINK and RTM_F_CLONED of linux/rtnetlink.h. The latter marks a cached destination, which is not a route. */
export const routeFlags = { onlink: 0x4, cloned: 0x200 } as const;

/** TCA_… of linux/rtnetlink.h, TCA_U32_… and TCA_ACT_… of linux/pkt_cls.h. */
export const tca = { kind: 1, options: 2 } as const;
export const u32Attributes = { selector: 5, actions: 7 } as const;
export const actionAttributes = { kind: 1, options: 2, cookie: 6 } as const;
/** TCA_BPF_NAME of linux/pkt_cls.h, and TCA_MIRRED_PARMS of linux/tc_act/tc_mirred.h. */
export const bpfName = 7;
export const mirredParameters = 2;

/** TCA_TBF_… of linux/pkt_sched.h, TC_LINKLAYER_ETHERNET, and the nanoseconds of a tick (PSCHED_TICKS2NS). */
export const tbf = { parameters: 1, rate64: 4, burst: 6 } as const;
export const ethernetLayer = 1;
export const tickLength = 64;

/** TC_H_ROOT of linux/pkt_sched.h, the parent of the discipline for all that a link sends, and its handle `1:`. */
export const root = { place: 0xffff_ffff, handle: 0x1_0000 } as const;

/** TC_H_INGRESS of linux/pkt_sched.h, the handle that an ingress discipline always has, and its filters' parent. */
export const ingress = { place: 0xffff_fff1, handle: 0xffff_0000, filters: 0xffff_fff2 } as const;
