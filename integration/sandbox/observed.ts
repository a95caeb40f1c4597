import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Host } from '../harness/host.ts';
import type { Attached } from './model.ts';
import { networks, sandboxes } from './networks.ts';

/** Everything that shows of attachments on a node, as lines that can be compared. */
export interface Shown {
  /** Aliases of dan's links. */
  readonly links: readonly string[];
  /** Entries of each sandbox's file, in order. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly records: readonly string[];
  /** The sandboxes and interfaces for which host-local has addresses. */
  readonly leases: readonly string[];
}

/** What shows on a node, read from outside through /proc without starting processes. */
export function shownBy(host: Host): Shown {
  const root = `/proc/${host.pid}/root`;
  const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
  const names = (path: string): string[] => (existsSync(`${root}${path}`) ? readdirSync(`${root}${path}`) : []);
  const dans = '/run/kata-containers/dans';
  const leases = '/var/lib/cni/networks/leased';
  return {
    links: names('/sys/class/net')
      .map((link) => read(`/sys/class/net/${link}/ifalias`).trim())
      .filter((alias) => alias !== '')
      .sort(),
    files: Object.fromEntries(names(dans).map((file) => [file, entriesOf(read(`${dans}/${file}`))])),
    records: names('/run/dan/attachments')
      .map((file) => identityOf(JSON.parse(read(`/run/dan/attachments/${file}`)) as Identity))
      .sort(),
    leases: names(leases)
      .filter((file) => /^[\d.]+$/.test(file))
      .map((file) => read(`${leases}/${file}`).trim().split(/\s+/).join(' '))
      .sort(),
  };
}

/** What should show of these attachments. */
export function shouldShow(attached: Attached): Shown {
  const files = sandboxes.flatMap((sandbox) => {
    const own = attached.filter((one) => one.sandbox === sandbox);
    const entries = own.map(({ network, ifname }) => `${network} ${ifname}`);
    return own.length === 0 ? [] : [[`${sandbox}.json`, entries] as const];
  });
  return {
    links: attached
      .flatMap(({ network, sandbox, ifname }) => {
        const alias = `dan:${network}:${sandbox}:${ifname}`;
        // The ifb of a limit is a link, too.
        return 'bandwidth' in networks[network] ? [alias, alias] : [alias];
      })
      .sort(),
    files: Object.fromEntries(files),
    records: attached.map(identityOf).sort(),
    leases: attached
      .filter(({ network }) => network === 'leased')
      .map(({ sandbox, ifname }) => `${sandbox} ${ifname}`)
      .sort(),
  };
}

interface Identity {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
}

function identityOf({ network, sandbox, ifname }: Identity): string {
  return `${network} ${sandbox} ${ifname}`;
}

function entriesOf(text: string): readonly string[] {
  const { devices } = JSON.parse(text) as { devices: { cni: { network: string; ifname: string } }[] };
  return devices.map(({ cni }) => `${cni.network} ${cni.ifname}`);
}
