import { cidrText, networkOf, parseInterfaceAddress } from '../../src/model/cidr.ts';
import { bitsOf } from '../../src/model/ip.ts';
import type { DanDevice } from './document.ts';

/** What `ip -json` prints about addresses, neighbors and routes of both families. */
export interface Printed {
  readonly links: readonly {
    readonly ifname?: string;
    readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
  }[];
  readonly neighbors: readonly PrintedEntry[];
  readonly routes: readonly PrintedEntry[];
}

type PrintedEntry = Readonly<Record<string, unknown>> & { readonly dst?: string; readonly dev?: string };

/** The script whose output is {@link Printed}, one list a line. A family is told to `ip` for all that it prints. */
export const printScript = `
ip -json -details -batch - <<'END'
address show
neighbor show nud permanent
route show
END
ip -json -details -6 route show`;

/** Takes apart what {@link printScript} printed; undefined if a list changed while `ip` read it. */
export function readPrinted(output: string): Printed | undefined {
  if (output.includes('Dump was interrupted')) return undefined;
  const lists = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as []);
  if (lists.length !== 4) throw new Error(`ip did not print four lists:\n${output}`);
  const [links = [], neighbors = [], routes4 = [], routes6 = []] = lists;
  return { links, neighbors, routes: [...routes4, ...routes6] };
}

/**
 * What the guest lacks of a file's devices, as lines. A later request may have replaced something: the agent replaces
 * routes and neighbors, including the kernel's own routes.
 */
export function missingIn({ links, neighbors, routes }: Printed, devices: readonly DanDevice[]): readonly string[] {
  return devices.flatMap((device) => {
    const { name } = device;
    const own = links.find(({ ifname }) => ifname === name)?.addr_info ?? [];
    const addresses = own.map(({ local = '', prefixlen = 0 }) => `${local}/${prefixlen}`);
    const has = (entries: readonly PrintedEntry[], wanted: Readonly<Record<string, unknown>>): boolean =>
      entries.some((entry) => Object.entries(wanted).every(([key, value]) => isSame(entry[key], value)));
    return [
      ...device.addresses.filter((address) => !addresses.includes(address)).map((address) => `${name}: ${address}`),
      ...device.addresses.flatMap((text) => {
        const address = parseInterfaceAddress(text);
        if (!address.ok || address.value.prefix === bitsOf(address.value.family)) return [];
        const dst = cidrText(networkOf(address.value));
        return has(routes, { dst, dev: name, gateway: undefined }) ? [] : [`${name}: the subnet ${dst}`];
      }),
      ...device.routes.flatMap(({ dst, gw, mtu, onlink, source, from }) => {
        const wanted = {
          dst: dst.prefix === 0 ? 'default' : dst.prefix === bitsOf(dst.family) ? dst.text : cidrText(dst),
          dev: name,
          gateway: gw?.text,
          prefsrc: source?.text,
          flags: onlink ? ['onlink'] : [],
          metrics: mtu === 0 ? undefined : [{ mtu }],
          // The kernel has no source prefixes in IPv4; the published reader's files have a bare address.
          ...(from === undefined || dst.family === 4 ? {} : { from: cidrText(from) }),
        };
        return has(routes, wanted) ? [] : [`${name}: the route ${JSON.stringify(wanted)}`];
      }),
      ...device.neighbors.flatMap(({ ip, mac, flags }) => {
        const wanted = {
          ...{ dst: ip, dev: name, lladdr: mac, state: ['PERMANENT'] },
          router: (flags & 128) === 0 ? undefined : null,
          extern_learn: (flags & 16) === 0 ? undefined : null,
        };
        const isWhole = (flags & ~(16 | 128)) === 0 && has(neighbors, wanted);
        return isWhole ? [] : [`${name}: the neighbor ${JSON.stringify({ ...wanted, flags })}`];
      }),
    ];
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
