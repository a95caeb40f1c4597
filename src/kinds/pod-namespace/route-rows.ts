import type { Row } from './row.ts';

const inGuest = 'set it in the guest, if a workload depends on it';

/** Addresses, routes and policy rules of the pod's namespace. */
export const routeRows = {
  // Addresses
  address: {
    what: 'Addresses of the link, secondary ones too',
    guest: 'all of them, in their order',
    verdict: 'carried',
    why: 'the first of a network is the source that a kernel chooses',
  },
  'address-peer': {
    what: 'An address with a peer, or without a connected route (`noprefixroute`, the plugin ptp)',
    guest: 'the address of one host, `/32` or `/128`, and the route to the peer',
    verdict: 'carried',
    why: 'its kernel would make the connected route again, and send to the link what belongs to the gateway',
  },
  'address-link-local': {
    what: 'Link-local addresses of IPv6, and those that the kernel makes of a router’s prefix (also temporary ones)',
    guest: 'its own',
    verdict: 'left',
    why: 'its kernel makes them, and hears the router itself',
  },
  'address-details': {
    what: 'Labels, broadcast addresses, `nodad`, a tentative address',
    guest: 'none of it: it computes the broadcast address, and does duplicate address detection itself',
    verdict: 'left',
    why: 'the address is the same',
  },
  'address-expires': {
    what: 'An address with a lifetime (`valid_lft`), such as one of a DHCP client in the pod',
    guest: 'the address, for ever',
    verdict: 'warned',
    why: 'a DAN file has no lifetimes, so the guest keeps it when the lease is over and somebody else may have it',
    next: 'use addresses that do not expire (host-local, static), or let the guest ask for its own',
  },
  lease: {
    what: 'A lease of the IPAM plugin dhcp, which has no lifetime in the kernel, with tcfilter',
    guest: 'the address; the guest does not ask',
    verdict: 'carried',
    why: 'the plugin goes on renewing it: what a DHCP server sends (IPv4, UDP port 68) reaches the pod as well as the guest',
  },
  'lease-lost': {
    what: 'The same with macvtap',
    guest: 'the address, for ever',
    verdict: 'foreseen',
    why: 'what a DHCP server sends reaches the guest alone, so nobody renews the lease of the IPAM plugin dhcp',
    next: 'use another IPAM plugin, or "device": "tcfilter"',
  },
  'address-deprecated': {
    what: 'A deprecated address (`preferred_lft 0`)',
    guest: 'the address, as good as any other',
    verdict: 'warned',
    why: 'a DAN file has no lifetimes, so the guest may choose it as a source',
    next: 'leave it out of the network, or set its lifetime in the guest',
  },
  'address-duplicate': {
    what: 'An address of which duplicate address detection says that somebody else has it (`dadfailed`)',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'two hosts cannot have it',
    next: 'find the other one, or give the pod another address',
  },
  // Routes
  route: {
    what: 'Routes of the main table over the link: destination, gateway, `onlink`, source (IPv4), MTU; those of the link and of the host',
    guest: 'all of them but the kernel’s own and those of a router advertisement',
    verdict: 'carried',
    why: 'its kernel makes the connected ones, and hears the router itself',
  },
  'route-worse': {
    what: 'Several routes to one destination, by their metric',
    guest: 'the best of them',
    verdict: 'warned',
    why: 'a DAN file has no metrics, and a guest one route to a destination',
    next: 'nothing, unless the worse one is to take over when the better one fails',
  },
  'route-expires': {
    what: 'A route with a lifetime that no router advertised',
    guest: 'the route, for ever',
    verdict: 'warned',
    why: 'a DAN file has no lifetimes',
    next: 'make it without one',
  },
  'route-source': {
    what: 'The source of a route of IPv6 (`src`), where the link has several addresses',
    guest: 'the route, and the source that its kernel chooses',
    verdict: 'warned',
    why: 'its kernel refuses a source while the address is new, and the guest agent does not wait',
    next: inGuest,
  },
  'route-tuning': {
    what: 'What tunes a route: `advmss`, `mtu lock`, `initcwnd`, `rto_min`, `hoplimit`, `congctl`, `realm` and others',
    guest: 'the route without it',
    verdict: 'warned',
    why: 'a DAN file has of a route the MTU alone',
    next: inGuest,
  },
  'route-preference': {
    what: 'The metric of a destination’s only route, `pref` of IPv6, the name of who made a route',
    guest: 'the route without it',
    verdict: 'left',
    why: 'nothing competes with it',
  },
  'route-form': {
    what: 'A route with several next hops, a next hop of the other IP version, an encapsulation, a TOS or a source prefix, or one whose next hop object the kernel does not show',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'a DAN file has routes by their destination, with one gateway of the same IP version',
    next: 'correct the plugin that made the interface',
  },
  'route-drops': {
    what: 'Routes that drop: `blackhole`, `unreachable`, `prohibit`, `throw`',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'a DAN file has none, and the guest would send those packets on by another route',
    next: 'filter on the host, and take the route away',
  },
  'route-type': {
    what: 'Routes that somebody made of another type: `local`, `broadcast`, `anycast`, `multicast`, `nat`',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'a DAN file has routes to other hosts alone, and the guest would not take those packets for its own',
    next: 'give the link the addresses themselves, or take the route away',
  },
  // Rules
  'table-by-rule': {
    what: 'Routes of the link in another table than main, to which a rule leads (the plugin sbr)',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'a DAN file has the routes of one table, and no rules',
    next: 'leave the plugin sbr out of the list, or whatever made the rule, and give the guest its routes in "routes" of dan',
  },
  'table-without-rule': {
    what: 'Routes in another table to which no rule leads, and rules that lead to no route of the link',
    guest: 'none of it',
    verdict: 'left',
    why: 'no packet of the link goes by them',
  },
  'rule-drops': {
    what: 'Rules that drop: `blackhole`, `unreachable`, `prohibit`',
    guest: 'nothing, for ADD fails',
    verdict: 'refused',
    why: 'a DAN file has no rules, and the guest would send those packets',
    next: 'filter on the host, and take the rule away',
  },
} as const satisfies Record<string, Row>;
