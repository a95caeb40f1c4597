// What the agent requests from the kernel for each call, as lines of `ip`.

/** An interface in the form of UpdateInterface. */
export interface AskedInterface {
  readonly name: string;
  readonly hwAddr: string;
  readonly mtu: number;
  readonly devicePath: string;
  readonly raw_flags: number;
  readonly IPAddresses: readonly { readonly address: string; readonly mask: string }[];
}

/** A route in the form of UpdateRoutes. */
export interface AskedRoute {
  readonly dest: string;
  readonly gateway: string;
  readonly device: string;
  readonly source: string;
  readonly scope: number;
  /** 1 is IPv6. */
  readonly family: number;
  readonly flags: number;
  readonly mtu: number;
}

/** A neighbor in the form of AddARPNeighbors. */
export interface AskedNeighbor {
  readonly toIPAddress: { readonly address: string };
  readonly device: string;
  readonly lladdr: string;
  readonly state: number;
  readonly flags: number;
}

/** An interface in the output of `ip -json link`. */
export interface Link {
  readonly ifname: string;
  readonly address?: string;
  readonly flags: readonly string[];
}

/** IFF_NOARP and RTNH_F_ONLINK. */
const [noArp, onlink] = [0x80, 4];

/**
 * The commands of UpdateInterface. The interface is the one with the MAC. If none has it, the one with the name gets
 * it. The interface is down meanwhile, and keeps its addresses. Another interface with the name gets this one's name.
 */
export function interfaceCommands(wanted: AskedInterface, links: readonly Link[]): readonly string[] {
  const { name, mtu, IPAddresses, raw_flags: flags } = wanted;
  const mac = wanted.hwAddr.toLowerCase();
  const named = links.find(({ ifname }) => ifname === name);
  const link = links.find(({ address }) => address === mac) ?? named;
  if (link === undefined)
    throw new Error('update interface: Received a netlink error message No such device (os error 19)');
  const other = named === link ? undefined : named;
  const { ifname: before } = link;
  const down = (one: Link, as = one.ifname): readonly string[] => (isUp(one) ? [set(as, 'down')] : []);
  return [
    ...down(link),
    ...(link.address === mac ? [] : [set(before, `address ${quote(mac)}`)]),
    ...IPAddresses.map(({ address, mask }) => `ip address replace ${quote(`${address}/${mask}`)} dev ${quote(before)}`),
    ...(other === undefined ? [] : [...down(other), set(name, `name ${quote(`${name}_temp`)}`)]),
    set(before, `mtu ${mtu} name ${quote(name)} arp ${(flags & noArp) === 0 ? 'on' : 'off'} up`),
    // For an interface that was up, the agent adds IFF_UP twice, and the sum is another flag: the interface stays down.
    ...(other === undefined ? [] : [set(`${name}_temp`, `name ${quote(before)} ${isUp(other) ? 'down' : 'up'}`)]),
  ];
}

/** Routes without a gateway come first, since others may need them. */
export function routesInOrder(routes: readonly AskedRoute[]): readonly AskedRoute[] {
  return [...routes.filter(({ gateway }) => gateway === ''), ...routes.filter(({ gateway }) => gateway !== '')];
}

/** The command for one route of UpdateRoutes: adds it, or replaces one to the same destination. */
export function routeCommand({ dest, gateway, device, source, scope, family, flags, mtu }: AskedRoute): string {
  const [address = '', prefix] = source.split('/');
  return [
    `ip -${family === 1 ? 6 : 4} route replace ${quote(dest === '' ? 'default' : dest)}`,
    ...(source === '' ? [] : [prefix === '0' ? `src ${quote(address)}` : `from ${quote(source)}`]),
    ...(gateway === '' ? [] : [`via ${quote(gateway)}`]),
    `dev ${quote(device)} proto boot scope ${scope}`,
    ...(mtu === 0 ? [] : [`mtu ${mtu}`]),
    ...((flags & onlink) === 0 ? [] : ['onlink']),
  ].join(' ');
}

/** NUD_… of linux/neighbour.h, by the words of `ip`; 0 counts as permanent. */
const states: Readonly<Record<number, string>> = {
  0: 'permanent',
  2: 'reachable',
  4: 'stale',
  64: 'noarp',
  128: 'permanent',
};

/** The command for one neighbor of AddARPNeighbors. The mask is ignored. */
export function neighborCommand({ toIPAddress, device, lladdr, state, flags }: AskedNeighbor): string {
  const to = lladdr === '' ? '' : `lladdr ${quote(lladdr)} `;
  const router = (flags & 0x80) === 0 ? '' : ' router';
  return `ip neighbor replace ${quote(toIPAddress.address)} ${to}dev ${quote(device)} nud ${states[state] ?? state}${router}`;
}

function isUp({ flags }: Link): boolean {
  return flags.includes('UP');
}

function set(link: string, what: string): string {
  return `ip link set dev ${quote(link)} ${what}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
