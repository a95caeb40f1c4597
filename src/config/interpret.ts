import type { ProfileName } from '../dan/profile.ts';
import { invalid } from '../kinds/invalid.ts';
import { type DeviceRequest, kindOf } from '../kinds/kinds.ts';
import { type InterfaceAddress, parseInterfaceAddress } from '../model/cidr.ts';
import { type Mac, parseMac } from '../model/mac.ts';
import type { Neighbor } from '../model/neighbor.ts';
import type { Parsed } from '../model/parsed.ts';
import { routeFault, type RouteRequest } from '../model/route.ts';
import { parseSocketPath, type SocketPath } from '../model/socket-path.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { ResultDns } from '../protocol/result.ts';
import { hasIpam, readDevice } from './device.ts';
import { type RuntimeSettings, readRuntimeSettings } from './runtime.ts';
import type { NetworkDocument } from './schema.ts';

/** A network configuration, parsed once: what dan is to make of a sandbox's attachment. */
export interface NetworkConfig {
  readonly device: DeviceRequest;
  readonly runtime: ProfileName;
  readonly danConf: string | undefined;
  readonly kataConfig: string | undefined;
  /** Fixed addresses; empty where an IPAM plugin or the pod's link gives them. */
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

/** What the runtime says beside the configuration. */
export interface RuntimeWords {
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>;
  readonly ifname: string;
}

/**
 * What a configuration comes to whose keys are sound each by itself. Throws `invalid-configuration` for what does not go
 * together, `prev-result-missing`.
 */
export function interpret(network: NetworkDocument, words: RuntimeWords): NetworkConfig {
  if (network.addresses.length > 0 && hasIpam(network)) {
    throw invalid('"addresses" and "ipam" both give addresses: leave one of them out');
  }
  const asked = isObject(network.args?.['cni']) ? network.args['cni'] : {};
  const runtime = readRuntimeSettings(network.runtimeConfig ?? {});
  const mac = askedMac(network, asked, runtime, words);
  const { ifname } = words;
  const device = readDevice(network, { mac, socketPath: askedSocket(network, asked, runtime), ifname });
  const own = kindOf(device).addresses === 'own';
  const ipamType = hasIpam(network) ? network.ipam?.type : undefined;
  return {
    device,
    runtime: network.runtime,
    danConf: network.danConf,
    kataConfig: network.kataConfig,
    addresses: own && ipamType === undefined ? fixedAddresses(runtime.ips, asked['ips'], network.addresses) : [],
    routes: network.routes.map(readRoute),
    neighbors: network.neighbors.map(readNeighbor),
    defaultRoute: network.defaultRoute,
    ipamType,
    dns: runtime.dns ?? (network.dns === undefined || Object.keys(network.dns).length === 0 ? undefined : network.dns),
    commandTimeout: network.commandTimeout,
  };
}

function askedMac(
  network: NetworkDocument,
  asked: JsonObject,
  runtime: RuntimeSettings,
  { args }: RuntimeWords,
): Mac | undefined {
  return (
    fixedMac('runtimeConfig.mac', runtime.mac) ??
    fixedMac('args.cni.mac', asked['mac']) ??
    fixedMac('MAC in CNI_ARGS', args.get('MAC')) ??
    network.mac
  );
}

function askedSocket(network: NetworkDocument, asked: JsonObject, runtime: RuntimeSettings): SocketPath | undefined {
  const read = (where: string, value: unknown): SocketPath | undefined =>
    isSilent(value) ? undefined : orThrow(where, value, parseSocketPath(value));
  return (
    read('runtimeConfig.vhostUserSocket', runtime.vhostUserSocket) ??
    read('args.cni.vhostUserSocket', asked['vhostUserSocket']) ??
    network.socketPath
  );
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
  return isSilent(value) ? undefined : orThrow(where, value, parseMac(value));
}

function isSilent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
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
