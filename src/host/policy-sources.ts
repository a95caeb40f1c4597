/** A parameter of a link in the pod. The guest's interface has the value of the guest's kernel instead. */
interface LinkParameter {
  readonly name: string;
  /** Its index in the array that rtnetlink reports for a link. */
  readonly at: number;
}

/**
 * The parameters below /proc/sys/net/…/conf/LINK that decide which packets a stack accepts, answers or sends. Their
 * indexes are IPV4_DEVCONF_… less one (linux/ip.h) and DEVCONF_… (linux/ipv6.h).
 */
export const linkParameters: Readonly<Record<'ipv4' | 'ipv6', readonly LinkParameter[]>> = {
  ipv4: [
    { name: 'forwarding', at: 0 },
    { name: 'proxy_arp', at: 2 },
    { name: 'accept_redirects', at: 3 },
    { name: 'rp_filter', at: 7 },
    { name: 'arp_filter', at: 12 },
    { name: 'arp_announce', at: 17 },
    { name: 'arp_ignore', at: 18 },
    { name: 'arp_accept', at: 20 },
    { name: 'accept_local', at: 22 },
    { name: 'route_localnet', at: 25 },
  ],
  ipv6: [
    { name: 'forwarding', at: 0 },
    { name: 'accept_ra', at: 3 },
    { name: 'accept_redirects', at: 4 },
    { name: 'autoconf', at: 5 },
    { name: 'accept_ra_defrtr', at: 17 },
    { name: 'accept_ra_pinfo', at: 18 },
    { name: 'proxy_ndp', at: 22 },
  ],
};

/** A parameter of a link in the form of sysctl(8). */
export function parameterName(of: 'ipv4' | 'ipv6', link: string, name: string): string {
  return `net.${of}.conf.${link}.${name}`;
}

/** Files that list the tables of the older iptables, ip6tables and arptables, in the reading thread's namespace. */
export const iptablesFiles = [
  '/proc/thread-self/net/ip_tables_names',
  '/proc/thread-self/net/ip6_tables_names',
  '/proc/thread-self/net/arp_tables_names',
] as const;
