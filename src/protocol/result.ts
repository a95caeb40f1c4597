import { isObject } from '../json/object.ts';
import { type CniVersion, isAtLeast } from './version.ts';

/** An interface of a CNI result, in the shape of spec 1.1.0. */
export interface ResultInterface {
  readonly name: string;
  readonly mac?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** CNI_NETNS for an interface of the sandbox; left out for one of the host. */
  readonly sandbox?: string;
  /** Path of a vhost-user socket. */
  readonly socketPath?: string;
  readonly pciID?: string;
}

/** An address of a CNI result; `interface` is an index into the result's interfaces. */
export interface ResultAddress {
  readonly address: string;
  readonly gateway?: string;
  readonly interface?: number;
}

/** A route of a CNI result; all but `dst` and `gw` exist from 1.1.0 on. */
export interface ResultRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** DNS settings of a CNI result, passed through to the runtime. */
export interface ResultDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** The result of an ADD, of an IPAM plugin, or a `prevResult`. */
export interface Result {
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultAddress[];
  readonly routes: readonly ResultRoute[];
  readonly dns: ResultDns;
}

/**
 * Reads a result of any version from 0.3.0 on, as IPAM plugins and runtimes give it. Missing or null parts are empty;
 * what has no name, address or destination is left out. Other values are not checked: whoever uses one parses it.
 */
export function readResult(value: unknown): Result {
  const document = isObject(value) ? value : {};
  return {
    interfaces: objects(document['interfaces'], 'name') as unknown as readonly ResultInterface[],
    ips: objects(document['ips'], 'address') as unknown as readonly ResultAddress[],
    routes: objects(document['routes'], 'dst') as unknown as readonly ResultRoute[],
    dns: isObject(document['dns']) ? document['dns'] : {},
  };
}

/** The result as a JSON value in the shape of the asked version: later fields are left out, 0.x gets `ips[].version`. */
export function toVersion(result: Result, cniVersion: CniVersion): object {
  const full = isAtLeast(cniVersion, '1.1.0');
  const numbered = !isAtLeast(cniVersion, '1.0.0');
  return {
    cniVersion,
    interfaces: full
      ? result.interfaces
      : result.interfaces.map(({ mtu: _m, socketPath: _s, pciID: _p, ...old }) => old),
    ips: result.ips.map((ip) => (numbered ? { version: ip.address.includes(':') ? '6' : '4', ...ip } : ip)),
    routes: full ? result.routes : result.routes.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw })),
    dns: result.dns,
  };
}

function objects(value: unknown, key: string): readonly object[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isObject).filter((item) => typeof item[key] === 'string');
}
