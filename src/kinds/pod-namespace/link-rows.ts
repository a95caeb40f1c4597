import type { Row } from './row.ts';

const inGuest = 'set it in the guest, if a workload depends on it';

/** Neighbors of the pod's link, the link itself, and filters there. */
export const linkRows = {
  // Neighbors
  neighbor: {
    what: 'Permanent neighbors',
    guest: 'all of them',
    verdict: 'carried',
    why: 'nobody might answer for them',
  },
  proxy: {
    what: 'Addresses of others that the link answers for (`ip neighbor add proxy`)',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'the guest would not answer, so nothing would reach them',
    next: 'take it away before dan runs, or attach another interface',
  },
  fdb: {
    what: 'Entries of the link’s own forwarding database, groups that somebody joined (`ip maddress`)',
    guest: 'the frames',
    verdict: 'left',
    why: 'they stay on the link, which the frames still come in by',
  },
  // The link
  link: {
    what: 'MAC and MTU of the link, and that it asks nobody for a MAC (`NOARP`)',
    guest: 'the same',
    verdict: 'carried',
    why: 'the others on the network know it by them',
  },
  'link-kind': {
    what: 'The kind of the link: veth, macvlan, VLAN, bond, bridge, ipvlan (L2), a physical one',
    guest: 'an interface of virtio',
    verdict: 'left',
    why: 'all of them carry Ethernet frames, and what a kind does with a frame it still does',
  },
  'link-not-ethernet': {
    what: 'A link that carries no Ethernet frames: WireGuard, a tunnel of IP, InfiniBand, netkit or ipvlan without MAC',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'the guest’s interface does',
    next: 'attach another interface',
  },
  'link-is-port': {
    what: 'A link that is a port of a bridge, a bond or a VRF in the pod (the plugin vrf)',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'its frames belong to that, which would get none any more',
    next: 'take it out of that, or attach that itself if it is a bridge or a bond',
  },
  'passthru-on-macvlan': {
    what: 'A macvlan, for a macvtap in mode passthru',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'the kernel puts a macvtap on the link below a macvlan, and passthru wants that link for itself',
    next: 'say "mode": "bridge", and "disableCheck": true in the list where the runtime calls CHECK',
  },
  'link-promiscuous': {
    what: '`promisc`, `allmulticast` that somebody set (the plugin tuning)',
    guest: 'the frames, which its interface may sort out',
    verdict: 'warned',
    why: 'the link keeps the setting, and the guest’s interface has its own',
    next: inGuest,
  },
  'link-no-multicast': {
    what: '`multicast off`',
    guest: 'an interface with multicast on',
    verdict: 'warned',
    why: 'of the flags of a link, a DAN file carries NOARP alone',
    next: inGuest,
  },
  'link-queue': {
    what: 'A `txqueuelen` that is neither 0 nor 1000',
    guest: 'the queue length of its own kernel',
    verdict: 'warned',
    why: 'the link keeps its own for what the guest has sent, and the guest’s interface has another',
    next: inGuest,
  },
  'link-parameters': {
    what: 'Parameters of the link that are others than `lo` has: `forwarding`, `rp_filter`, `arp_ignore`, `arp_announce`, `arp_filter`, `arp_accept`, `accept_local`, `route_localnet`, `proxy_arp`, `proxy_ndp`, `accept_redirects`, `accept_ra` and what belongs to it, `autoconf`',
    guest: 'the parameters of its own kernel',
    verdict: 'warned',
    why: 'they are of the kernel that the pod’s namespace is in, and packets do not go through it any more',
    next: 'set them in the guest ("securityContext.sysctls" of the pod, which Kata passes on)',
  },
  // Filters
  nftables: {
    what: 'Rules of nftables (also those of iptables-nft), or chains that drop by default',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'no packet of the guest passes them, so what they keep out would come in',
    next: 'filter on the host or in the guest, and take them away; leave plugins such as istio-cni out of the list',
  },
  iptables: {
    what: 'Tables of the older iptables, which may have rules',
    guest: 'none of them',
    verdict: 'warned',
    why: 'no packet of the guest passes them, so what they keep out would come in',
    next: 'if they have rules, filter on the host or in the guest instead',
  },
  ingress: {
    what: 'A queueing discipline at the link’s ingress, `ingress` or `clsact`, with whatever filters (Cilium)',
    guest: 'with tcfilter nothing, for ADD fails; with macvtap what the filters let through',
    verdict: 'refused',
    why: 'two owners of one ingress undo each other’s work',
    next: 'use another interface',
  },
  xdp: {
    what: 'An XDP program on the link',
    guest: 'the frames that it lets through',
    verdict: 'warned',
    why: 'it still sees every frame first, and what it hands to a socket in the pod does not reach the guest',
    next: 'take it away, unless it is to filter the guest’s frames',
  },
  egress: {
    what: 'Queueing disciplines at the link’s egress',
    guest: 'what they let through',
    verdict: 'left',
    why: 'they stay, and what the guest sends goes through them',
  },
} as const satisfies Record<string, Row>;
