import { isObject, type JsonObject } from '../json/object.ts';
import { withKnownCase } from './bandwidth.ts';
import type { ResultDns } from '../protocol/result.ts';

/** The values that a runtime passes in `runtimeConfig`, unvalidated. */
export interface RuntimeSettings {
  readonly mac: unknown;
  readonly ips: unknown;
  readonly vhostUserSocket: unknown;
  readonly bandwidth: unknown;
  readonly deviceID: unknown;
  readonly dns: ResultDns | undefined;
}

/**
 * Reads `runtimeConfig`. Keys match regardless of case: go-cni passes its capability structs with Go's field names, as
 * in `{"dns": {"Servers": [...], "Searches": [...]}}`.
 */
export function readRuntimeSettings(runtimeConfig: JsonObject): RuntimeSettings {
  const settings = lowerCased(runtimeConfig);
  return {
    mac: settings['mac'],
    ips: settings['ips'],
    vhostUserSocket: settings['vhostusersocket'],
    bandwidth: withKnownCase(settings['bandwidth']),
    deviceID: settings['deviceid'],
    dns: readDns(settings['dns']),
  };
}

function readDns(value: unknown): ResultDns | undefined {
  if (!isObject(value)) return undefined;
  const { servers, searches, options } = lowerCased(value);
  const dns = { nameservers: strings(servers), search: strings(searches), options: strings(options) };
  const given = Object.entries(dns).filter(([, list]) => list.length > 0);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function lowerCased(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
