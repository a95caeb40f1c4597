// Names that iproute2 gives numbers, which a node's /etc/iproute2 may add to.

const scopes: Readonly<Record<number, string>> = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' };

const tables: Readonly<Record<number, string>> = { 0: 'unspec', 253: 'default', 254: 'main', 255: 'local' };

const protocols: Readonly<Record<number, string>> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  10: 'mrt',
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  15: 'ntk',
  16: 'dhcp',
  18: 'keepalived',
  42: 'babel',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
};

const types = [
  'none',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
] as const;

/** The name of a scope (RT_SCOPE_… of linux/rtnetlink.h). */
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
