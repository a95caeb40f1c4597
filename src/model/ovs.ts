import { areValidIds } from '../protocol/environment.ts';
import type { Bandwidth } from './bandwidth.ts';
import { deriveNames, type Identity } from './identity.ts';
import type { InterfaceName } from './interface-name.ts';
import { parseIp } from './ip.ts';
import type { Policing } from './ovs-limits.ts';
import { accept, type Parsed, reject } from './parsed.ts';
import { longestSocketPath } from './socket-path.ts';
import type { VlanRange } from './vlan.ts';

/** The database of an Open vSwitch, as `ovs-vsctl --db` takes it. */
export type OvsDatabase = string & { readonly __brand: 'OvsDatabase' };

/** The default address of Open vSwitch's database. */
export const defaultOvsDatabase = 'unix:/run/openvswitch/db.sock' as OvsDatabase;

/** `external_ids` of the rows that dan makes. */
export type ExternalIds = Readonly<Record<string, string>>;

/** The key of `external_ids` that proves that a row belongs to an attachment. Its value is the derived altname. */
export const proofKey = 'dan';

/** The key of `external_ids` with the network's name. */
const networkKey = 'dan-network';

/** A port of an Open vSwitch bridge with its one interface, as dan makes it. Both have the same name and marks. */
export interface OvsPort {
  readonly database: OvsDatabase;
  readonly bridge: InterfaceName;
  readonly datapath: OvsBridge['datapath'];
  readonly name: InterfaceName;
  readonly externalIds: ExternalIds;
  /** The VLAN of untagged frames. */
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
  /** A vhost-user interface that connects to a socket. If left out, the interface is the link of the port's name. */
  readonly vhostUser?: {
    /** Path of the socket that the virtual machine's side listens on. */
    readonly path: string;
    /** Bytes. */
    readonly mtu: number;
    readonly queuePairs: number;
    /** Limits that the switch enforces. It can do so only for DPDK interfaces, such as this one. */
    readonly bandwidth?: Bandwidth;
  };
}

/**
 * The names that an attachment's port may have: the derived name, or the name of the end of the veth pair that leads to
 * its tap. `link` is the derived name.
 */
export function portNames(link: InterfaceName): readonly [own: InterfaceName, ofPair: InterfaceName] {
  return [link, `${link}p` as InterfaceName];
}

/** A bridge in Open vSwitch's database. */
export interface OvsBridge {
  readonly name: InterfaceName;
  /** `system` is the kernel's datapath, `netdev` the one in user space. */
  readonly datapath: 'system' | 'netdev';
  /** MTU of the bridge's own link in bytes; undefined until the switch has made the link. */
  readonly mtu: number | undefined;
  /** Whether someone set the MTU explicitly. If so, ports do not change it. */
  readonly mtuIsSet: boolean;
  /** Why the switch does not run the bridge; undefined if it does. */
  readonly fault: string | undefined;
}

/** The state of an Open vSwitch before dan makes a port. */
export interface OvsView {
  readonly database: OvsDatabase;
  /** The requested bridge, if the switch has it. */
  readonly bridge: OvsBridge | undefined;
  /** Names that the new port could get, but that other ports already have. */
  readonly takenNames: readonly string[];
  /** The kinds of interface that the running switch can make. */
  readonly interfaceTypes: readonly string[];
  /** `userspace-tso-enable`: the datapath in user space fills in the checksums that guests leave open. */
  readonly userspaceTso: boolean;
}

/** A port with its interface as the database has them. */
export interface OvsPortRow {
  readonly bridge: string | undefined;
  readonly tag: number | undefined;
  readonly trunks: readonly number[];
  readonly vlanMode: string | undefined;
  readonly portIds: ExternalIds;
  readonly interfaceIds: ExternalIds;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly mtuRequest: number | undefined;
  /** 0 if what arrives on the interface is not policed. */
  readonly policing: Policing;
  /** The QoS of the port, if its mark proves that it is the attachment's. */
  readonly qos: { readonly type: string; readonly settings: Readonly<Record<string, string>> } | undefined;
  /** Why the switch could not make the interface. */
  readonly error: string | undefined;
  /** What the switch reports about a running interface. */
  readonly status: Readonly<Record<string, string>>;
}

/**
 * Parses the address of a database. dan runs as root and must not act on data from an unprotected connection, so `tcp:`
 * is accepted only with a loopback address.
 */
export function parseOvsDatabase(value: unknown): Parsed<OvsDatabase> {
  if (typeof value !== 'string') return reject('must be a string like "unix:/run/openvswitch/db.sock"');
  // `ovs-vsctl` reads a comma as a list separator, and this function would check only the first item.
  if (/[^\x21-\x7e]|,/.test(value)) return reject('must hold printable ASCII characters, no spaces and no commas');
  const [, kind, rest = ''] = /^(unix|tcp|ssl):(.+)$/.exec(value) ?? [];
  if (kind === undefined) return reject('must start with "unix:", "tcp:" or "ssl:"');
  if (kind === 'tcp' && !isLoopback(rest)) {
    return reject('must name a loopback address and a port after "tcp:", like "tcp:127.0.0.1:6640"');
  }
  if (kind === 'unix' && (!rest.startsWith('/') || rest.split('/').includes('..'))) {
    return reject('must name the socket by an absolute path without ".." after "unix:"');
  }
  if (kind === 'unix' && rest.length > longestSocketPath) {
    return reject(`must name a socket of at most ${longestSocketPath} bytes`);
  }
  return accept(value as OvsDatabase);
}

function isLoopback(text: string): boolean {
  const [, address, port] = /^(127\.\d+\.\d+\.\d+|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  const ip = parseIp(address?.replace(/[[\]]/g, ''));
  return ip.ok && Number(port) >= 1 && Number(port) <= 65535;
}

/**
 * The `external_ids` of an attachment's rows: the proof that dan made them, the attachment, and the pod if the runtime
 * names it in CNI_ARGS as Kubernetes does.
 */
export function externalIdsOf(
  { network, sandbox, ifname }: Identity,
  altname: string,
  args: ReadonlyMap<string, string>,
): ExternalIds {
  // People read these in the switch. A value that is not a Kubernetes name would only make the row hard to read.
  const pod = ['namespace', 'name', 'uid'].flatMap((what) => {
    const value = args.get(`K8S_POD_${what.toUpperCase()}`) ?? '';
    return /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,252}$/.test(value) ? [[`dan-pod-${what}`, value]] : [];
  });
  const own = { [proofKey]: altname, [networkKey]: network, 'dan-sandbox': sandbox, 'dan-ifname': ifname };
  return { ...own, ...(Object.fromEntries(pod) as ExternalIds) };
}

/**
 * The attachment that a row with these `external_ids` belongs to; undefined if dan did not make the row. Anyone who can
 * write to the database can write any value, so the proof must match the identity.
 */
export function ownerOfRow(externalIds: ExternalIds): Identity | undefined {
  const { [networkKey]: network = '', 'dan-sandbox': sandbox = '', 'dan-ifname': ifname = '' } = externalIds;
  if (!areValidIds(sandbox, ifname)) return undefined;
  const identity = { network, sandbox, ifname };
  return externalIds[proofKey] === deriveNames(identity).altname ? identity : undefined;
}

/** The columns of a port that select its VLANs (ovs-vswitchd.conf.db(5), table Port). */
export function vlanColumns({ vlan, trunk }: Pick<OvsPort, 'vlan' | 'trunk'>): {
  readonly tag: number | undefined;
  readonly trunks: readonly number[];
  readonly vlanMode: 'access' | 'native-untagged' | 'trunk' | undefined;
} {
  const trunks = (trunk ?? []).flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
  if (vlan === undefined) return { tag: undefined, trunks, vlanMode: trunk === undefined ? undefined : 'trunk' };
  return { tag: vlan, trunks, vlanMode: trunk === undefined ? 'access' : 'native-untagged' };
}

/** The type of a port's interface. `system` is a link of the host. */
export function interfaceTypeOf({ vhostUser }: Pick<OvsPort, 'vhostUser'>): 'dpdkvhostuserclient' | 'system' {
  return vhostUser === undefined ? 'system' : 'dpdkvhostuserclient';
}

/** The options of a port's interface. */
export function optionsOf({ vhostUser }: Pick<OvsPort, 'vhostUser'>): Readonly<Record<string, string>> {
  return vhostUser === undefined ? {} : { 'vhost-server-path': vhostUser.path };
}
