import { defaultKind, type DeviceRequest, kindIfNamed, kindNamed } from '../kinds/kinds.ts';
import { invalid } from '../kinds/invalid.ts';
import type { Asked } from '../kinds/settings.ts';
import type { JsonObject } from '../json/object.ts';
import type { NetworkDocument } from './schema.ts';

/** Whether an IPAM plugin is asked for; an empty section asks for none. */
export function hasIpam({ ipam }: NetworkDocument): boolean {
  return ipam?.type !== undefined && ipam.type !== '';
}

/** Reads what a configuration says of its device. Throws `invalid-configuration`, `prev-result-missing`. */
export function readDevice(network: NetworkDocument, asked: Asked): DeviceRequest {
  const kind = kindNamed(network.device);
  refuseMeaningless(network, kind.meaningless);
  return kind.read(network, asked);
}

function refuseMeaningless(network: NetworkDocument, reasons: Readonly<Partial<Record<string, string>>>): void {
  const faults = Object.entries(reasons)
    .filter(([key]) => (key === 'ipam' ? hasIpam(network) : isGiven(network[key as keyof NetworkDocument])))
    .map(([key, why = '']) => `"${key}" says nothing about "device": "${network.device}": ${why}`);
  if (faults.length > 0) throw invalid(faults.join('; '));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** A key that the device of a configuration needs and that is missing: what is wrong, and a value that stands for it. */
interface MissingKey {
  readonly key: string;
  readonly fault: string;
  readonly example: string;
}

/** The missing keys of a configuration that has other faults, so that all are named at once. */
export function missingKeys(document: JsonObject): readonly MissingKey[] {
  const { device = defaultKind } = document;
  return Object.entries(kindIfNamed(device)?.required ?? {})
    .filter(([key]) => document[key] === undefined)
    .map(([key, missing]) => ({ key, ...missing }));
}
