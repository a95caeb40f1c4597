import type { ProfileName } from '../dan/profile.ts';
import { type InterfaceAddress, parseInterfaceAddress } from '../model/cidr.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { type Mac, parseMac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Neighbor } from '../model/neighbor.ts';
import type { VlanRange } from '../model/operation.ts';
import type { Parsed } from '../model/parsed.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import { routeFault, type RouteRequest } from '../model/route.ts';
import { type CniError, protocolError } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../protocol/input.ts';
import type { ResultDns } from '../protocol/result.ts';
import { describeIssues } from './issues.ts';
import { readRuntimeSettings } from './runtime.ts';
import { networkSchema, type NetworkDocument } from './schema.ts';

/** A network configuration, parsed once: what dan is to make of a sandbox's attachment. */
export interface NetworkConfig {
  readonly device: 'host-tap';
  readonly runtime: ProfileName;
  readonly danConf: string | undefined;
  readonly kataConfig: string | undefined;
  readonly mtu: Mtu | undefined;
  /** The guest's MAC, if anyone asks for one: by `mac` < CNI_ARGS < args.cni.mac < runtimeConfig.mac. */
  readonly mac: Mac | undefined;
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
  /** null: a tap without a bridge is meant. */
  readonly bridge: InterfaceName | null;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
  readonly owner: number | undefined;
  readonly group: number | undefined;
  /** Fixed addresses; empty where an IPAM plugin gives them. */
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly RouteRequest[];
  readonly neighbors: readonly Neighbor[];
  readonly defaultRoute: boolean;
  /** File name of the IPAM plugin. */
  readonly ipamType: string | undefined;
  /** DNS settings of the configuration or of the runtime; undefined where an IPAM plugin's count. */
  readonly dns: ResultDns | undefined;
  /** Seconds. */
  readonly commandTimeout: number;
}

/**
 * Reads the network configuration of an ADD. `args` are the CNI_ARGS. Throws one `invalid-configuration` that names
 * every faulty key.
 */
export function readNetwork(document: JsonObject, args: ReadonlyMap<string, string>): NetworkConfig {
  const known = Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith('cni.dev/')));
  const parsed = networkSchema.safeParse(known, { reportInput: false });
  if (!parsed.success) {
    throw invalid(describeIssues(parsed.error.issues, document, Object.keys(networkSchema.shape)));
  }
  const network = parsed.data;
  if (network.bridge === undefined) {
    throw invalid(
      '"bridge" is missing, and nobody would be connected to the tap: name the bridge, or say "bridge": null ' +
        'if something else connects it',
    );
  }
  if (network.bridge === null && (network.vlan !== undefined || network.trunk !== undefined)) {
    throw invalid('"vlan" and "trunk" are settings of a port, and there is none: "bridge" is null');
  }
  if (network.addresses.length > 0 && hasIpam(network)) {
    throw invalid('"addresses" and "ipam" both give addresses: leave one of them out');
  }
  return assemble(network, network.bridge, args);
}

function hasIpam({ ipam }: NetworkDocument): boolean {
  return ipam?.type !== undefined && ipam.type !== '';
}

function assemble(
  network: NetworkDocument,
  bridge: InterfaceName | null,
  args: ReadonlyMap<string, string>,
): NetworkConfig {
  const asked = isObject(network.args?.['cni']) ? network.args['cni'] : {};
  const runtime = readRuntimeSettings(network.runtimeConfig ?? {});
  const ipamType = hasIpam(network) ? network.ipam?.type : undefined;
  return {
    device: network.device,
    runtime: network.runtime,
    danConf: network.danConf,
    kataConfig: network.kataConfig,
    mtu: network.mtu,
    mac:
      fixedMac('runtimeConfig.mac', runtime.mac) ??
      fixedMac('args.cni.mac', asked['mac']) ??
      fixedMac('MAC in CNI_ARGS', args.get('MAC')) ??
      network.mac,
    queuePairs: network.queues ?? (1 as QueuePairs),
    queueSize: network.queueSize,
    bridge,
    vlan: network.vlan,
    trunk: network.trunk,
    owner: network.owner,
    group: network.group,
    addresses: ipamType === undefined ? fixedAddresses(runtime.ips, asked['ips'], network.addresses) : [],
    routes: network.routes.map(readRoute),
    neighbors: network.neighbors.map(readNeighbor),
    defaultRoute: network.defaultRoute,
    ipamType,
    dns: runtime.dns ?? (network.dns === undefined || Object.keys(network.dns).length === 0 ? undefined : network.dns),
    commandTimeout: network.commandTimeout,
  };
}

function readRoute({ dst, gw, mtu, scope, source, priority }: NetworkDocument['routes'][number]): RouteRequest {
  const route = {
    dst,
    ...(gw === undefined ? {} : { gw }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(scope === undefined ? {} : { scope }),
    ...(source === undefined ? {} : { source }),
  };
  const fault = routeFault(route, priority);
  if (fault !== undefined) throw invalid(fault);
  return route;
}

function readNeighbor({ address, mac, state, flags }: NetworkDocument['neighbors'][number]): Neighbor {
  return { ...address, mac, ...(state === undefined ? {} : { state }), ...(flags === undefined ? {} : { flags }) };
}

function fixedMac(where: string, value: unknown): Mac | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return orThrow(where, value, parseMac(value));
}

// The last asker that names any address decides alone: addresses of two askers would be two plans for one interface.
function fixedAddresses(
  runtime: unknown,
  asked: unknown,
  configured: readonly InterfaceAddress[],
): readonly InterfaceAddress[] {
  for (const [where, list] of Object.entries({ 'runtimeConfig.ips': runtime, 'args.cni.ips': asked })) {
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list)) throw invalid(`${where} ${JSON.stringify(list)} must be a list of addresses`);
    if (list.length > 0) return list.map((text: unknown) => orThrow(where, text, parseInterfaceAddress(text)));
  }
  return configured;
}

function orThrow<T>(where: string, value: unknown, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw invalid(`${where} ${JSON.stringify(value)} ${parsed.why}`);
}

function invalid(text: string): CniError {
  return protocolError('invalid-configuration', `in the network configuration, ${text}`);
}
