// iproute2's names for numbers of linux/rtnetlink.h. A node's /etc/iproute2 may have more.
const names = {
  scope: namesIn('0 global, 200 site, 253 link, 254 host, 255 nowhere'),
  table: namesIn('0 unspec, 253 default, 254 main, 255 local'),
  protocol: namesIn(
    '0 unspec, 1 redirect, 2 kernel, 3 boot, 4 static, 8 gated, 9 ra, 10 mrt, 11 zebra, 12 bird, 13 dnrouted, 14 xorp, ' +
      '15 ntk, 16 dhcp, 18 keepalived, 42 babel, 99 openr, 186 bgp, 187 isis, 188 ospf, 189 rip, 192 eigrp',
  ),
  type: namesIn(
    '0 none, 1 unicast, 2 local, 3 broadcast, 4 anycast, 5 multicast, 6 blackhole, 7 unreachable, 8 prohibit, 9 throw, ' +
      '10 nat, 11 xresolve',
  ),
};

/** The name of a scope (RT_SCOPE_…), table (RT_TABLE_…), origin of a route (RTPROT_…) or type of route (RTN_…). */
export function nameOf(what: keyof typeof names, number: number): string {
  return names[what][number] ?? String(number);
}

function namesIn(list: string): Readonly<Record<number, string>> {
  return Object.fromEntries(list.split(', ').map((entry) => entry.split(' ') as [string, string]));
}
