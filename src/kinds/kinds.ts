import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { OvsPort } from '../model/ovs.ts';
import type { JsonObject } from '../json/object.ts';
import type { NodeView, OwnFile, OwnLink, Plan, Wants } from './device.ts';
import type { DeviceKind, RecordedKind } from './kind.ts';
import { kinds, recordedKinds } from './table.ts';
import type { TapUsers } from './tap.ts';

export { defaultKind } from './table.ts';

/** The name of a kind, as "device" has it. */
export type KindName = keyof typeof kinds;

type RequestOf<Kind> = Kind extends DeviceKind<infer Request, infer _Device> ? Request : never;
type DeviceOf<Kind> = Kind extends RecordedKind<infer One> ? One : never;

/** What a configuration says of a device. */
export type DeviceRequest = RequestOf<(typeof kinds)[KindName]>;

/** A device as it was planned. */
export type Device = DeviceOf<(typeof kinds)[KindName]>;

/** What a record keeps of a device: one that was planned, or one that was there before. */
export type RecordedDevice = DeviceOf<(typeof recordedKinds)[keyof typeof recordedKinds]>;

/** A kind that a configuration may name, whichever it is. */
export type AnyKind = DeviceKind<DeviceRequest, Device>;

/** The names of the kinds, in the order of the table. */
export const kindNames = Object.keys(kinds) as unknown as readonly [KindName, ...KindName[]];

/** The kinds of links, as the kernel names them, that dan makes for any device. */
export const madeLinkKinds: ReadonlySet<string> = new Set(
  Object.values<RecordedKind<never>>(recordedKinds).flatMap(({ linkKinds }) => linkKinds),
);

/** The kind of a name. */
export function kindNamed(name: KindName): AnyKind {
  return kinds[name];
}

/** The kind that a configuration names which may be faulty; undefined: there is none of that name. */
export function kindIfNamed(name: unknown): AnyKind | undefined {
  return typeof name === 'string' && Object.hasOwn(kinds, name) ? kinds[name as KindName] : undefined;
}

/** The kind of the device that is asked for. */
export function kindOf({ device }: DeviceRequest): AnyKind {
  return kinds[device];
}

/** The kind of a device that was planned or recorded. */
export function recordedKindOf({ kind }: RecordedDevice): RecordedKind<RecordedDevice> {
  return recordedKinds[kind];
}

/** Plans the device that is asked for. Throws what its kind refuses. */
export function planDevice(request: DeviceRequest, view: NodeView): Plan<Device> {
  return kindOf(request).plan(request, view);
}

/** What of the node a request is about. */
export function wantsOf(request: DeviceRequest): Wants {
  return kindOf(request).wants(request);
}

/** The derived name of a device: its record has it, and what of it is one link or one port. */
export function nameOf(device: RecordedDevice): InterfaceName {
  return recordedKindOf(device).name(device);
}

/** The tap of a device that is dan's own, with its own MAC; undefined for one without. */
export function tapOf(device: RecordedDevice): (OwnLink & { readonly mac: string }) | undefined {
  return recordedKindOf(device).tap(device);
}

/** The socket of a device; undefined for one without. */
export function socketOf(device: RecordedDevice): string | undefined {
  return recordedKindOf(device).socket(device);
}

/** The port of an Open vSwitch that a device has. */
export function portOf(device: RecordedDevice): OvsPort | undefined {
  return recordedKindOf(device).port(device);
}

/** The bridge that a device is connected to, of either kind. */
export function bridgeOf(device: RecordedDevice): InterfaceName | undefined {
  return recordedKindOf(device).bridge(device);
}

/** The link in the pod that a device takes its frames from; the file carries its addresses. */
export function masterOf(device: RecordedDevice): InterfaceName | undefined {
  return recordedKindOf(device).master(device);
}

/** The links of a device that are dan's own. */
export function linksOf(device: RecordedDevice): readonly OwnLink[] {
  return recordedKindOf(device).links(device);
}

/** The files of a device that go with it. */
export function filesOf(device: RecordedDevice): readonly OwnFile[] {
  return recordedKindOf(device).files(device);
}

/** What of a device's links is not as it was made. `links` are those that the kernel has, of both namespaces. */
export function deviceFaults(
  device: RecordedDevice,
  links: readonly Link[],
  users: TapUsers | undefined,
): readonly string[] {
  return recordedKindOf(device).faults(device, links, users);
}

/** What an attachment of any kind may have left whose record is lost, each link and each file once. */
export function straysOf(
  names: DerivedNames,
  document: JsonObject,
): { readonly links: readonly OwnLink[]; readonly files: readonly OwnFile[] } {
  const all = Object.values<AnyKind>(kinds).map((kind) => kind.strays(names, document));
  const links = new Map(all.flatMap((one) => one.links).map((link) => [`${link.in} ${link.name}`, link]));
  const files = new Map(all.flatMap((one) => one.files).map((file) => [file.path, file]));
  return { links: [...links.values()], files: [...files.values()] };
}
