import type { DeviceRequest } from '../kinds/kinds.ts';
import { defaultSocketDir } from '../kinds/vhost-user.ts';
import { danError } from '../model/error.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import { defaultOvsDatabase } from '../model/ovs.ts';
import type { QueuePairs } from '../model/queues.ts';
import type { SocketPath } from '../model/socket-path.ts';
import type { JsonObject } from '../protocol/input.ts';
import { readResult } from '../protocol/result.ts';
import { invalid } from './invalid.ts';
import type { NetworkDocument } from './schema.ts';

const ofThePod = {
  bridge: 'the frames go where the interface in the pod leads',
  vlan: 'the frames go where the interface in the pod leads',
  trunk: 'the frames go where the interface in the pod leads',
  mtu: 'the guest has that of the interface in the pod',
  mac: 'the guest has that of the interface in the pod',
  addresses: 'the guest has those of the interface in the pod',
  ipam: 'the plugin before dan gives the addresses',
  ovs: 'the frames go where the interface in the pod leads',
} as const;

const ofSockets = {
  socketPath: 'only a vhost-user device has a socket',
  socketDir: 'only a vhost-user device has a socket',
} as const;

const onlyTap = 'the socket is bound by the virtual machine, under its own user';

const onlyMacvtap = 'it is the mode of a macvtap';

/** Keys that say nothing about a kind of device, and why. */
const meaningless = {
  'host-tap': {
    ...ofSockets,
    master: 'a tap of the host takes its frames from a bridge: name it in "bridge"',
    mode: onlyMacvtap,
  },
  'vhost-user': {
    master: 'its frames come from the switch: name the bridge in "bridge"',
    mode: onlyMacvtap,
    owner: onlyTap,
    group: onlyTap,
  },
  tcfilter: { ...ofThePod, ...ofSockets, mode: onlyMacvtap },
  macvtap: { ...ofThePod, ...ofSockets },
} as const satisfies Record<NetworkDocument['device'], Partial<Record<keyof NetworkDocument, string>>>;

/** Whether an IPAM plugin is asked for; an empty section asks for none. */
export function hasIpam({ ipam }: NetworkDocument): boolean {
  return ipam?.type !== undefined && ipam.type !== '';
}

/** What the last who asked for it asks for, where the configuration is not the only one to ask. */
export interface Asked {
  readonly mac: Mac | undefined;
  readonly socketPath: SocketPath | undefined;
}

/** Reads what a configuration says of its device. Throws `invalid-configuration`, `prev-result-missing`. */
export function readDevice(network: NetworkDocument, { mac, socketPath }: Asked, ifname: string): DeviceRequest {
  refuseMeaningless(network);
  const { owner, group, queueSize } = network;
  const queuePairs = network.queues ?? (1 as QueuePairs);
  const place = network.runtime === 'generic' ? 'pod' : 'host';
  switch (network.device) {
    case 'host-tap': {
      const { mtu, vlan, trunk, ovs } = network;
      const bridge = requireBridge(network);
      const database = ovs?.db;
      return { device: 'host-tap', mac, mtu, queuePairs, queueSize, bridge, database, vlan, trunk, owner, group };
    }
    case 'vhost-user': {
      const { mtu, bridge = null, vlan, trunk, socketDir = defaultSocketDir, ovs } = network;
      refusePortSettings({ ...network, bridge });
      const port = { bridge, database: ovs?.db ?? defaultOvsDatabase, vlan, trunk };
      return { device: 'vhost-user', mac, mtu, queuePairs, queueSize, ...port, socketPath, socketDir, place };
    }
    case 'tcfilter': {
      const master = network.master ?? masterOf(network, ifname);
      return { device: 'tcfilter', queuePairs, queueSize, master, place, owner, group };
    }
    case 'macvtap': {
      const master = network.master ?? masterOf(network, ifname);
      return { device: 'macvtap', queuePairs, queueSize, master, mode: network.mode ?? 'bridge', owner, group };
    }
    default:
      return network.device satisfies never;
  }
}

function refuseMeaningless(network: NetworkDocument): void {
  const reasons: Partial<Record<string, string>> = meaningless[network.device];
  const faults = Object.entries(reasons)
    .filter(([key]) => (key === 'ipam' ? hasIpam(network) : isGiven(network[key as keyof NetworkDocument])))
    .map(([key, why = '']) => `"${key}" says nothing about "device": "${network.device}": ${why}`);
  if (faults.length > 0) throw invalid(faults.join('; '));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

const withoutBridge =
  '"bridge" is missing, and nobody would be connected to the tap: name the bridge, or say "bridge": null ' +
  'if something else connects it';

/** The fault of a missing bridge in a configuration that has others, so that all are named at once. */
export function missingBridge({ device = 'host-tap', bridge }: JsonObject): string[] {
  return device === 'host-tap' && bridge === undefined ? [withoutBridge] : [];
}

function requireBridge(network: NetworkDocument): InterfaceName | null {
  const { bridge } = network;
  if (bridge === undefined) throw invalid(withoutBridge);
  refusePortSettings({ ...network, bridge });
  return bridge;
}

function refusePortSettings({ bridge, vlan, trunk, ovs }: NetworkDocument): void {
  if (bridge === null && (vlan !== undefined || trunk !== undefined)) {
    throw invalid('"vlan" and "trunk" are settings of a port, and there is none: "bridge" is null or missing');
  }
  if (bridge === null && ovs !== undefined) {
    throw invalid('"ovs" is the Open vSwitch that has the "bridge", and there is none: name one, or leave "ovs" out');
  }
  const inTrunk = (trunk ?? []).some(({ first, last }) => vlan !== undefined && vlan >= first && vlan <= last);
  if (inTrunk) {
    throw invalid(
      `"vlan" ${vlan ?? ''} is in "trunk" too, and a VLAN is either tagged or untagged: name it in one of them`,
    );
  }
}

// The interface that the plugins before made in the pod: the one the runtime asked for, or else the only one.
function masterOf({ prevResult }: NetworkDocument, ifname: string): InterfaceName {
  const inPod = readResult(prevResult).interfaces.filter(({ sandbox }) => (sandbox ?? '') !== '');
  const found = inPod.find(({ name }) => name === ifname) ?? (inPod.length === 1 ? inPod[0] : undefined);
  if (found === undefined) {
    throw danError(
      'prev-result-missing',
      'no plugin before dan made an interface in the pod whose traffic could be redirected: put dan behind one in the ' +
        'list of plugins, or name an interface of the pod in "master"',
    );
  }
  const parsed = parseInterfaceName(found.name);
  if (parsed.ok) return parsed.value;
  throw invalid(`the interface ${JSON.stringify(found.name)} of "prevResult" ${parsed.why}`);
}
