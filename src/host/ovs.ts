import { danError } from '../model/error.ts';
import { deriveNames, type Identity } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Counters, LinkCounters } from '../model/link.ts';
import {
  interfaceTypeOf,
  optionsOf,
  type OvsBridge,
  type OvsDatabase,
  type OvsPort,
  type OvsPortRow,
  type OvsView,
  ownerOfRow,
  portNames,
  proofKey,
  vlanColumns,
} from '../model/ovs.ts';
import { listIn, mapIn, numberIn, type OvsRow, textIn } from './ovs-answer.ts';
import { askOvs, changeOvs, type OvsCommand, quoted } from './ovs-vsctl.ts';
import type { Site } from './site.ts';

/**
 * Looks at a bridge of an Open vSwitch, and at the names that an attachment's port may have, with one process. `link` is its
 * derived name.
 */
export async function readOvs(
  database: OvsDatabase,
  bridge: InterfaceName,
  link: InterfaceName,
  site: Site,
): Promise<OvsView> {
  const commands: readonly OvsCommand[] = [
    ['--columns=name,datapath_type', 'find', 'Bridge', `name=${quoted(bridge)}`],
    ['--columns=mtu,mtu_request,error,ofport', 'find', 'Interface', `name=${quoted(bridge)}`],
    ['--columns=iface_types,other_config', 'list', 'Open_vSwitch'],
    ...portNames(link).map((name): OvsCommand => ['--columns=name', 'find', 'Port', `name=${quoted(name)}`]),
  ];
  const [[found] = [], [own] = [], [config] = [], ...named] = await askOvs(database, commands, site);
  return {
    database,
    bridge: found === undefined ? undefined : toBridge(bridge, found, own),
    takenNames: named.flat().flatMap(({ name }) => textIn(name) ?? []),
    interfaceTypes: listIn(config?.['iface_types']).map(String),
    userspaceTso: mapIn(config?.['other_config'])['userspace-tso-enable'] === 'true',
  };
}

/**
 * Makes a port in one transaction, and waits for the switch to take it over. Throws `ovs-port-failed` with the switch's
 * own words where it could not; the row is there then.
 */
export async function addOvsPort(port: OvsPort, site: Site): Promise<void> {
  const complaint = await changeOvs(port.database, portCommands(port), site);
  if (complaint === '') return;
  const find: OvsCommand = ['--columns=error,ofport', 'find', 'Interface', `name=${quoted(port.name)}`];
  const [[row] = []] = await askOvs(port.database, [find], site);
  const fault = interfaceFault(row);
  if (fault === undefined) return;
  throw danError(
    'ovs-port-failed',
    `the Open vSwitch at ${port.database} could not make the port ${port.name} of bridge ${port.bridge}: ${fault}; see ` +
      'the log of ovs-vswitchd',
  );
}

/** The commands of one transaction that makes a port. Pure. */
export function portCommands(port: OvsPort): readonly OvsCommand[] {
  const { bridge, name, externalIds, vhostUser } = port;
  const { tag, trunks, vlanMode } = vlanColumns(port);
  const marks = Object.entries(externalIds).map(([key, value]) => `external_ids:${key}=${quoted(value)}`);
  const options = Object.entries(optionsOf(port)).map(([key, value]) => `options:${key}=${quoted(value)}`);
  const kind = vhostUser === undefined ? [] : [`type=${interfaceTypeOf(port)}`, `mtu_request=${vhostUser.mtu}`];
  const vlans = [
    ...(tag === undefined ? [] : [`tag=${tag}`]),
    ...(trunks.length === 0 ? [] : [`trunks=${trunks.join(',')}`]),
    ...(vlanMode === undefined ? [] : [`vlan_mode=${vlanMode}`]),
  ];
  return [
    ['add-port', bridge, name],
    ['set', 'Port', name, ...marks, ...vlans],
    ['set', 'Interface', name, ...marks, ...kind, ...options],
  ];
}

/** Reads a port as it is, with one process; undefined if there is none of that name. */
export async function readOvsPort({ database, bridge, name }: OvsPort, site: Site): Promise<OvsPortRow | undefined> {
  const where = `name=${quoted(name)}`;
  const commands: readonly OvsCommand[] = [
    ['--columns=_uuid,tag,trunks,vlan_mode,external_ids', 'find', 'Port', where],
    ['--columns=type,options,mtu_request,external_ids,error,status', 'find', 'Interface', where],
    ['--columns=ports', 'find', 'Bridge', `name=${quoted(bridge)}`],
  ];
  const [[port] = [], [link] = [], [there] = []] = await askOvs(database, commands, site);
  if (port === undefined || link === undefined) return undefined;
  return {
    bridge: listIn(there?.['ports']).includes(port['_uuid'] ?? '') ? bridge : undefined,
    tag: numberIn(port['tag']),
    trunks: listIn(port['trunks']).map(Number),
    vlanMode: textIn(port['vlan_mode']),
    portIds: mapIn(port['external_ids']),
    interfaceIds: mapIn(link['external_ids']),
    // Left empty, it is a link of the host.
    type: textIn(link['type']) ?? 'system',
    options: mapIn(link['options']),
    mtuRequest: numberIn(link['mtu_request']),
    error: textIn(link['error']),
    status: mapIn(link['status']),
  };
}

/** A port that an attachment may have: the names that it may have, and its proof. */
export interface OwnPort {
  readonly database: OvsDatabase;
  readonly names: readonly InterfaceName[];
  readonly proof: string;
}

/**
 * Removes an attachment's port: the one with such a name and its proof, and no other. It does not wait for the switch, which
 * catches up when it runs again. Missing is done.
 */
export async function deleteOvsPort({ database, names, proof }: OwnPort, site: Site): Promise<void> {
  const marked = `external_ids:${proofKey}=${quoted(proof)}`;
  const [rows = []] = await askOvs(database, [['--columns=name', 'find', 'Port', marked]], site);
  const own = names.filter((name) => rows.some((row) => row['name'] === name));
  const deletions = own.map((name): OvsCommand => ['--if-exists', 'del-port', name]);
  if (deletions.length > 0) await askOvs(database, deletions, site);
}

/** A port of ours, as the database has it. */
export interface OwnOvsPort {
  readonly owner: Identity;
  readonly name: string;
  /** Left out where no bridge has it. */
  readonly bridge?: string;
  /** Why the switch does not run it; left out where it does. */
  readonly error?: string;
  /** What passed it, from the switch's side: what it received, the guest sent. */
  readonly counters: LinkCounters;
}

/** All ports in an Open vSwitch that prove to be an attachment's by name and marks, whatever its network, with one process. */
export async function ownOvsPorts(database: OvsDatabase, site: Site): Promise<readonly OwnOvsPort[]> {
  // A row without the key is left out, whatever the comparison.
  const marked = `external_ids:${proofKey}!=${quoted('')}`;
  const commands: readonly OvsCommand[] = [
    ['--columns=_uuid,name,external_ids', 'find', 'Port', marked],
    ['--columns=name,error,ofport,statistics', 'find', 'Interface', marked],
    ['--columns=name,ports', 'list', 'Bridge'],
  ];
  const [ports = [], interfaces = [], bridges = []] = await askOvs(database, commands, site);
  const interfaceOf = new Map(interfaces.map((link) => [link['name'], link]));
  const bridgeOf = new Map(bridges.flatMap((one) => listIn(one['ports']).map((port) => [port, one['name']] as const)));
  return ports.flatMap((row) => {
    const owner = ownerOfRow(mapIn(row['external_ids']));
    const name = textIn(row['name']);
    if (owner === undefined || name === undefined || !portNames(deriveNames(owner).link).some((one) => one === name))
      return [];
    const link = interfaceOf.get(name);
    const error = interfaceFault(link);
    const bridge = textIn(bridgeOf.get(row['_uuid']));
    const counters = countersOf(mapIn(link?.['statistics']));
    return [
      { owner, name, counters, ...(bridge === undefined ? {} : { bridge }), ...(error === undefined ? {} : { error }) },
    ];
  });
}

// Of a port that the switch does not run there are none.
function countersOf(statistics: Readonly<Record<string, string>>): LinkCounters {
  const oneWay = (way: 'rx' | 'tx'): Counters => {
    const number = (key: string): number => Number(statistics[`${way}_${key}`] ?? 0);
    return { packets: number('packets'), bytes: number('bytes'), errors: number('errors'), dropped: number('dropped') };
  };
  return { received: oneWay('rx'), sent: oneWay('tx') };
}

/** Reads a bridge from its row and that of its own interface. */
export function toBridge(name: InterfaceName, row: OvsRow, link: OvsRow | undefined): OvsBridge {
  return {
    name,
    datapath: textIn(row['datapath_type']) === 'netdev' ? 'netdev' : 'system',
    mtu: numberIn(link?.['mtu']),
    mtuIsSet: numberIn(link?.['mtu_request']) !== undefined,
    fault: interfaceFault(link),
  };
}

// The switch numbers the interfaces that it runs; it does not tell of every other one why not.
function interfaceFault(row: OvsRow | undefined): string | undefined {
  const error = textIn(row?.['error']);
  if (error !== undefined) return `"${error}"`;
  return (numberIn(row?.['ofport']) ?? -1) > 0 ? undefined : 'it has no port number';
}
