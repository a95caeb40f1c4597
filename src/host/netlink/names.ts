// Names that iproute2 gives numbers of linux/rtnetlink.h, which a node's /etc/iproute2 may add to.

const scopes = namesIn('0 global, 200 site, 253 link, 254 host, 255 nowhere');

const tables = namesIn('0 unspec, 253 default, 254 main, 255 local');

const protocols = namesIn(
  '0 unspec, 1 redirect, 2 kernel, 3 boot, 4 static, 8 gated, 9 ra, 10 mrt, 11 zebra, 12 bird, 13 dnrouted, 14 xorp, ' +
    '15 ntk, 16 dhcp, 18 keepalived, 42 babel, 99 openr, 186 bgp, 187 isis, 188 ospf, 189 rip, 192 eigrp',
);

const types = namesIn(
  '0 none, 1 unicast, 2 local, 3 broadcast, 4 anycast, 5 multicast, 6 blackhole, 7 unreachable, 8 prohibit, 9 throw, ' +
    '10 nat, 11 xresolve',
);

/** The name of a scope (RT_SCOPE_…). */
export function scopeText(scope: number): string {
  return scopes[scope] ?? String(scope);
}

/** The name of a routing table (RT_TABLE_…). */
export function tableText(table: number): string {
  return tables[table] ?? String(table);
}

/** The name of what made a route (RTPROT_…). */
export function protocolText(protocol: number): string {
  return protocols[protocol] ?? String(protocol);
}

/** The name of a route's type (RTN_…). */
export function typeText(type: number): string {
  return types[type] ?? String(type);
}

function namesIn(list: string): Readonly<Record<number, string>> {
  return Object.fromEntries(list.split(', ').map((entry) => entry.split(' ') as [string, string]));
}
