import { interfaceTypeOf, optionsOf, type OvsPort, type OvsPortRow, vlanColumns } from '../model/ovs.ts';
import { policerOf, policerType, policingOf } from '../model/ovs-limits.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { differences } from './differences.ts';
import type { NodeView } from './device.ts';
import { type OvsFacts, refuseTakenName } from './ovs-bridge.ts';
import type { PortRequest } from './switch.ts';

/** Plans a port of a bridge for an attachment. `name` is one of its `portNames`. Throws `ovs-port-taken`. */
export function planOvsPort(
  name: InterfaceName,
  { vlan, trunk }: Pick<PortRequest, 'trunk' | 'vlan'>,
  { database, bridge, ...ovs }: OvsFacts,
  { externalIds }: Pick<NodeView, 'externalIds'>,
  vhostUser?: OvsPort['vhostUser'],
): OvsPort {
  refuseTakenName({ database, bridge, ...ovs }, name);
  return {
    database,
    bridge: bridge.name,
    datapath: bridge.datapath,
    name,
    externalIds,
    ...(vlan === undefined ? {} : { vlan }),
    ...(trunk === undefined ? {} : { trunk }),
    ...(vhostUser === undefined ? {} : { vhostUser }),
  };
}

/** The master of a port's link: the kernel's datapath is a link and thus its master; the user-space datapath is not. */
export function masterOfPort({ datapath }: OvsPort): InterfaceName | undefined {
  return datapath === 'system' ? ('ovs-system' as InterfaceName) : undefined;
}

/** How a port differs from what ADD made. `row` is the database's row with its name. */
export function ovsPortFaults(port: OvsPort, row: OvsPortRow | undefined): readonly string[] {
  const where = `port ${port.name} of the Open vSwitch bridge ${port.bridge}`;
  if (row === undefined) return [`${where} is gone`];
  const { tag, trunks, vlanMode } = vlanColumns(port);
  const { vhostUser, externalIds } = port;
  return [
    ...differences(where, [
      ['bridge', row.bridge, port.bridge],
      ...Object.entries(externalIds).map(
        ([key, value]) => [`external_ids:${key} of the port`, row.portIds[key], value] as const,
      ),
      ...Object.entries(externalIds).map(
        ([key, value]) => [`external_ids:${key} of the interface`, row.interfaceIds[key], value] as const,
      ),
      ['tag', row.tag, tag],
      ['trunks', listText(row.trunks), listText(trunks)],
      ['vlan_mode', row.vlanMode, vlanMode],
      ['type', row.type, interfaceTypeOf(port)],
      ['options', optionsText(row.options), optionsText(optionsOf(port))],
      ['mtu_request', row.mtuRequest, vhostUser?.mtu],
    ]),
    ...limitFaults(where, port, row),
    ...queueFaults(where, port, row),
    ...(row.error === undefined ? [] : [`${where}: the switch says "${row.error}"`]),
  ];
}

// Somebody else may have limited a port for which the configuration has no limits.
function limitFaults(where: string, { vhostUser }: OvsPort, { policing, qos }: OvsPortRow): readonly string[] {
  const { ingress, egress } = vhostUser?.bandwidth ?? {};
  const policed = egress && policingOf(egress);
  const policer = ingress && policerOf(ingress);
  const settings = (key: string): string | undefined => qos?.settings[key];
  return [
    ...(policed === undefined
      ? []
      : differences(where, [
          ['ingress_policing_rate', policing.rate, policed.rate],
          ['ingress_policing_burst', policing.burst, policed.burst],
        ])),
    ...(policer === undefined
      ? []
      : differences(where, [
          ['type of the QoS', qos?.type, policerType],
          ['cir of the QoS', settings('cir'), String(policer.cir)],
          ['cbs of the QoS', settings('cbs'), String(policer.cbs)],
        ])),
  ];
}

// The switch accepts as many queues as the VMM has. It reports their number only while the VMM is connected.
function queueFaults(where: string, { vhostUser }: OvsPort, { status }: OvsPortRow): readonly string[] {
  const rings = Number(status['num_of_vrings'] ?? 0);
  if (vhostUser === undefined || status['status'] !== 'connected' || rings === 0) return [];
  return differences(where, [['number of queue pairs', rings / 2, vhostUser.queuePairs]]);
}

function listText(ids: readonly number[]): string | undefined {
  return ids.length === 0 ? undefined : [...ids].sort((a, b) => a - b).join(',');
}

function optionsText(options: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : entries.map(([key, value]) => `${key}=${value}`).join(' ');
}
