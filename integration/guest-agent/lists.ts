// The agent's lists, from the output of `ip -json`.

/** A line of `ip -json address`. */
export interface PrintedAddress {
  readonly ifname: string;
  readonly address?: string;
  readonly mtu: number;
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

/** A line of `ip -json route`. */
export interface PrintedRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly from?: string;
  readonly scope?: string;
  readonly metrics?: readonly { readonly mtu?: number }[];
}

/** The interfaces as in ListInterfaces: MACs in upper case, and the families swapped. */
export function toInterfaces(links: readonly PrintedAddress[]): readonly object[] {
  return links.map(({ ifname, address = '', mtu, addr_info: addresses }) => ({
    name: ifname,
    hwAddr: address.toUpperCase(),
    mtu,
    IPAddresses: addresses.map(({ family, local, prefixlen }) => ({
      family: family === 'inet' ? 1 : 0,
      address: local,
      mask: String(prefixlen),
    })),
  }));
}

const scopes: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

/**
 * The routes as in ListRoutes: those with a gateway have a wrong destination, and those to everywhere without a gateway
 * are left out.
 */
export function toRoutes(routes: readonly PrintedRoute[], family: 4 | 6): readonly object[] {
  return routes
    .map(({ dst, gateway = '', dev = '', from = '', scope = 'global', metrics = [] }) => ({
      dest: gateway === '' ? destination(dst, family) : family === 4 ? '0.0.0.0' : '::1',
      gateway,
      device: dev,
      source: from,
      scope: scopes[scope] ?? 0,
      mtu: metrics[0]?.mtu ?? 0,
    }))
    .filter(({ dest }) => dest !== '');
}

function destination(dst: string, family: 4 | 6): string {
  if (dst === 'default') return '';
  return dst.includes('/') ? dst : `${dst}/${family === 4 ? 32 : 128}`;
}
