import { type DanDeviceKind, readDeviceKind } from './device-kind.ts';
import { parseJson } from './json.ts';
import type { JsonNode } from './json-tree.ts';
import { SerdeReader } from './serde.ts';
import { defaulted, type FieldsOf, optional, required } from './serde-field.ts';

/** A route of a file. */
export interface DanRoute {
  readonly dest: string;
  readonly gateway: string;
  readonly source: string;
  readonly scope: number;
  readonly flags: number;
  readonly mtu: number;
}

/** A neighbor of a file. */
export interface DanNeighbor {
  readonly ip_address: string | null;
  readonly hardware_addr: string;
  readonly state: number;
  readonly flags: number;
}

interface DanInterface {
  readonly ip_addresses: readonly string[];
  readonly mtu: number;
  readonly ntype: string;
  readonly flags: number;
}

interface DanNetworkInfo {
  readonly interface: DanInterface;
  readonly routes: readonly DanRoute[];
  readonly neighbors: readonly DanNeighbor[];
}

/** A device of a file. */
export interface DanDevice {
  readonly name: string;
  /** Absent where the file has none: serde's default makes one up. */
  readonly guest_mac: string | undefined;
  readonly device: DanDeviceKind;
  readonly network_info: DanNetworkInfo;
}

interface DanDocument {
  readonly netns: string | null;
  readonly devices: readonly DanDevice[];
}

/**
 * The text of a file as runtime-rs deserializes it: the structs of Kata's
 * src/runtime-rs/crates/resource/src/network/dan.rs at 7c6ba40c. Throws a SerdeError where it is refused.
 */
export function parseDanDocument(text: string): DanDocument {
  const json = parseJson(text);
  const serde = new SerdeReader(json);
  const string = (node: JsonNode) => serde.string(node);
  const u32 = defaulted(
    (node) => serde.unsigned(node, 32),
    () => 0,
  );
  const emptyString = defaulted(string, () => '');

  const route: FieldsOf<DanRoute> = {
    dest: emptyString,
    gateway: emptyString,
    source: emptyString,
    scope: u32,
    flags: u32,
    mtu: u32,
  };
  const neighbor: FieldsOf<DanNeighbor> = {
    ip_address: optional((node) => serde.optionalString(node)),
    hardware_addr: emptyString,
    state: u32,
    flags: u32,
  };
  const netInterface: FieldsOf<DanInterface> = {
    ip_addresses: required((node) => serde.sequence(node, string)),
    mtu: defaulted(
      (node) => serde.unsigned(node, 64),
      () => 1500,
    ),
    ntype: emptyString,
    flags: u32,
  };
  const networkInfo: FieldsOf<DanNetworkInfo> = {
    interface: required((node) => serde.struct(node, 'struct Interface', netInterface)),
    routes: defaulted(
      (node) => serde.sequence(node, (item) => serde.struct(item, 'struct Route', route)),
      () => [],
    ),
    neighbors: defaulted(
      (node) => serde.sequence(node, (item) => serde.struct(item, 'struct ARPNeighbor', neighbor)),
      () => [],
    ),
  };
  const device: FieldsOf<DanDevice> = {
    name: required(string),
    guest_mac: defaulted<string | undefined>(string, () => undefined),
    device: required((node) => readDeviceKind(json, serde, node)),
    network_info: required((node) => serde.struct(node, 'struct NetworkInfo', networkInfo)),
  };
  return serde.document(json.root, (node) =>
    serde.struct(node, 'struct DanConfig', {
      netns: optional((value) => serde.optionalString(value)),
      devices: required((value) => serde.sequence(value, (item) => serde.struct(item, 'struct DanDevice', device))),
    }),
  );
}
