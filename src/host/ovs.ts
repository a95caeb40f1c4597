import type { RateLimit } from '../model/bandwidth.ts';
import { danError } from '../model/error.ts';
import { deriveNames, linkNameOf, type Identity } from '../model/identity.ts';
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
import { policerOf, policerType, policingOf } from '../model/ovs-limits.ts';
import { listIn, mapIn, numberIn, type OvsRow, textIn } from './ovs-answer.ts';
import { askOvs, changeOvs, type OvsCommand, quoted } from './ovs-vsctl.ts';
import type { Site } from './site.ts';

/**
 * Reads a bridge of an Open vSwitch, and which names of the attachment's port are taken, with one process. `link` is
 * the attachment's derived name.
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
 * Makes a port in one transaction, and waits until the switch has applied it. If the switch could not, throws
 * `ovs-port-failed` with the switch's own words; the row stays in the database.
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

/** The commands of the transaction that makes a port. Pure. */
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
  const { ingress, egress } = vhostUser?.bandwidth ?? {};
  return [
    ['add-port', bridge, name],
    ['set', 'Port', name, ...marks, ...vlans, ...(ingress === undefined ? [] : ['qos=@limit'])],
    ['set', 'Interface', name, ...marks, ...kind, ...options, ...(egress === undefined ? [] : policingColumns(egress))],
    ...(ingress === undefined ? [] : [makePolicer(ingress, marks)]),
  ];
}

function policingColumns(limit: RateLimit): readonly string[] {
  const { rate, burst } = policingOf(limit);
  return [`ingress_policing_rate=${rate}`, `ingress_policing_burst=${burst}`];
}

function makePolicer(limit: RateLimit, marks: readonly string[]): OvsCommand {
  const { cir, cbs } = policerOf(limit);
  const settings = [`other_config:cir=${quoted(String(cir))}`, `other_config:cbs=${quoted(String(cbs))}`];
  return ['--id=@limit', 'create', 'QoS', `type=${policerType}`, ...settings, ...marks];
}

/** Reads the current state of a port, with one process; undefined if there is none of that name. */
export async function readOvsPort(
  { database, bridge, name, externalIds }: OvsPort,
  site: Site,
): Promise<OvsPortRow | undefined> {
  const where = `name=${quoted(name)}`;
  const policing = 'ingress_policing_rate,ingress_policing_burst';
  const commands: readonly OvsCommand[] = [
    ['--columns=_uuid,tag,trunks,vlan_mode,qos,external_ids', 'find', 'Port', where],
    [`--columns=type,options,mtu_request,${policing},external_ids,error,status`, 'find', 'Interface', where],
    ['--columns=ports', 'find', 'Bridge', `name=${quoted(bridge)}`],
    ['--columns=_uuid,type,other_config', 'find', 'QoS', marked(externalIds[proofKey] ?? '')],
  ];
  const [[port] = [], [link] = [], [there] = [], limits = []] = await askOvs(database, commands, site);
  if (port === undefined || link === undefined) return undefined;
  const qos = limits.find((row) => row['_uuid'] === port['qos']);
  return {
    bridge: listIn(there?.['ports']).includes(port['_uuid'] ?? '') ? bridge : undefined,
    tag: numberIn(port['tag']),
    trunks: listIn(port['trunks']).map(Number),
    vlanMode: textIn(port['vlan_mode']),
    portIds: mapIn(port['external_ids']),
    interfaceIds: mapIn(link['external_ids']),
    // An empty type means a link of the host.
    type: textIn(link['type']) ?? 'system',
    options: mapIn(link['options']),
    mtuRequest: numberIn(link['mtu_request']),
    policing: {
      rate: numberIn(link['ingress_policing_rate']) ?? 0,
      burst: numberIn(link['ingress_policing_burst']) ?? 0,
    },
    qos: qos && { type: textIn(qos['type']) ?? '', settings: mapIn(qos['other_config']) },
    error: textIn(link['error']),
    status: mapIn(link['status']),
  };
}

/** A port that an attachment may have: its possible names, and its proof. */
export interface OwnPort {
  readonly database: OvsDatabase;
  readonly names: readonly InterfaceName[];
  readonly proof: string;
}

/**
 * Removes an attachment's port, which must have both one of the names and the proof, and the row of its limit, which
 * does not disappear with the port. Does not wait for the switch, which catches up when it runs again. A missing port
 * is no error.
 */
export async function deleteOvsPort({ database, names, proof }: OwnPort, site: Site): Promise<void> {
  const rows: readonly OvsCommand[] = [
    ['--columns=name', 'find', 'Port', marked(proof)],
    ['--columns=_uuid', 'find', 'QoS', marked(proof)],
  ];
  const [ports = [], limits = []] = await askOvs(database, rows, site);
  const own = names.filter((name) => ports.some((row) => row['name'] === name));
  // A limit's row can be removed only after its port, and only in a later transaction.
  const deletions: readonly (readonly OvsCommand[])[] = [
    own.map((name) => ['--if-exists', 'del-port', name]),
    limits.map((row) => ['--if-exists', 'destroy', 'QoS', String(row['_uuid'])]),
  ];
  for (const commands of deletions) if (commands.length > 0) await askOvs(database, commands, site);
}

/** A port of dan in the database. */
export interface OwnOvsPort {
  readonly owner: Identity;
  readonly name: string;
  /** Left out if no bridge has it. */
  readonly bridge?: string;
  /** Why the switch does not run it; left out if it does. */
  readonly error?: string;
  /** What passed through it, from the switch's side: what the switch received, the guest sent. */
  readonly counters: LinkCounters;
}

/** All ports of an Open vSwitch that prove by name and marks to be an attachment's, on any network. One process. */
export async function ownOvsPorts(database: OvsDatabase, site: Site): Promise<readonly OwnOvsPort[]> {
  const commands: readonly OvsCommand[] = [
    ['--columns=_uuid,name,external_ids', 'find', 'Port', markedByAny],
    ['--columns=name,error,ofport,statistics', 'find', 'Interface', markedByAny],
    ['--columns=name,ports', 'list', 'Bridge'],
  ];
  const [ports = [], interfaces = [], bridges = []] = await askOvs(database, commands, site);
  const interfaceOf = new Map(interfaces.map((link) => [link['name'], link]));
  const bridgeOf = new Map(bridges.flatMap((one) => listIn(one['ports']).map((port) => [port, one['name']] as const)));
  return ports.flatMap((row) => {
    const owner = ownerOfPort(row);
    const name = textIn(row['name']);
    if (owner === undefined || name === undefined) return [];
    const link = interfaceOf.get(name);
    const error = interfaceFault(link);
    const bridge = textIn(bridgeOf.get(row['_uuid']));
    const counters = countersOf(mapIn(link?.['statistics']));
    return [
      { owner, name, counters, ...(bridge === undefined ? {} : { bridge }), ...(error === undefined ? {} : { error }) },
    ];
  });
}

/** The attachments that have a port or a limit's row in an Open vSwitch, with one process. */
export async function ownersInOvs(database: OvsDatabase, site: Site): Promise<readonly Identity[]> {
  const commands: readonly OvsCommand[] = [
    ['--columns=name,external_ids', 'find', 'Port', markedByAny],
    ['--columns=external_ids', 'find', 'QoS', markedByAny],
  ];
  const [ports = [], limits = []] = await askOvs(database, commands, site);
  const owners = [...ports.map(ownerOfPort), ...limits.map((row) => ownerOfRow(mapIn(row['external_ids'])))];
  return [...new Map(owners.flatMap((one) => (one === undefined ? [] : [[deriveNames(one).altname, one]]))).values()];
}

// dan does not remove a port that has another name.
function ownerOfPort(row: OvsRow): Identity | undefined {
  const owner = ownerOfRow(mapIn(row['external_ids']));
  if (owner === undefined) return undefined;
  return portNames(linkNameOf(owner)).some((name) => name === row['name']) ? owner : undefined;
}

/** A condition that finds the rows of one attachment, by its proof. */
function marked(proof: string): string {
  return `external_ids:${proofKey}=${quoted(proof)}`;
}

/** A condition that finds the rows of every attachment. Rows without the key never match a comparison. */
const markedByAny = `external_ids:${proofKey}!=${quoted('')}`;

// All counters are 0 for a port that the switch does not run.
function countersOf(statistics: Readonly<Record<string, string>>): LinkCounters {
  const oneWay = (way: 'rx' | 'tx'): Counters => {
    const number = (key: string): number => Number(statistics[`${way}_${key}`] ?? 0);
    return { packets: number('packets'), bytes: number('bytes'), errors: number('errors'), dropped: number('dropped') };
  };
  return { received: oneWay('rx'), sent: oneWay('tx') };
}

/** Reads a bridge from its row and the row of its own interface. */
export function toBridge(name: InterfaceName, row: OvsRow, link: OvsRow | undefined): OvsBridge {
  return {
    name,
    datapath: textIn(row['datapath_type']) === 'netdev' ? 'netdev' : 'system',
    mtu: numberIn(link?.['mtu']),
    mtuIsSet: numberIn(link?.['mtu_request']) !== undefined,
    fault: interfaceFault(link),
  };
}

// The switch gives a port number to each interface that it runs, but not an error to every one that it does not run.
function interfaceFault(row: OvsRow | undefined): string | undefined {
  const error = textIn(row?.['error']);
  if (error !== undefined) return `"${error}"`;
  return (numberIn(row?.['ofport']) ?? -1) > 0 ? undefined : 'it has no port number';
}
