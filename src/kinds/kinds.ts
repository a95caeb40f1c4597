import type { DerivedNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';
import { isObject, type JsonObject, objectIn } from '../json/object.ts';
import { faultyKey } from '../json/shape.ts';
import type { NodeView, OwnFile, OwnLink, Plan, Wants } from './device.ts';
import type { DeviceKind, RecordedKind } from './kind.ts';
import { kinds, recordedKinds } from './table.ts';
import type { TapUsers } from './tap.ts';

export { defaultKind } from './table.ts';

/** The name of a kind, as in "device". */
export type KindName = keyof typeof kinds;

type RequestOf<Kind> = Kind extends DeviceKind<infer Request, infer _Device, infer _Planned> ? Request : never;
type DeviceOf<Kind> = Kind extends RecordedKind<infer One> ? One : never;

/** The settings of a device in a configuration. */
export type DeviceRequest = RequestOf<(typeof kinds)[KindName]>;

/** A planned device, as a record keeps it. */
export type Device = DeviceOf<(typeof recordedKinds)[keyof typeof recordedKinds]>;

/** Any kind that a configuration may name. */
export type AnyKind = DeviceKind<DeviceRequest, Device>;

/** The names of the kinds, in the order of the table. */
export const kindNames = Object.keys(kinds) as unknown as readonly [KindName, ...KindName[]];

/** The kinds of links, as the kernel names them, that dan makes for any device. */
export const madeLinkKinds: ReadonlySet<string> = new Set(
  Object.values<RecordedKind<never>>(recordedKinds).flatMap(({ linkKinds }) => linkKinds),
);

/** The kind with a name. */
export function kindNamed(name: KindName): AnyKind {
  return kinds[name];
}

/** The kind that a configuration names, which may be faulty; undefined if there is none of that name. */
export function kindIfNamed(name: unknown): AnyKind | undefined {
  return typeof name === 'string' && Object.hasOwn(kinds, name) ? kinds[name as KindName] : undefined;
}

/** The kind of a requested device. */
export function kindOf({ device }: DeviceRequest): AnyKind {
  return kinds[device];
}

/** The kind of a planned or recorded device. */
export function recordedKindOf({ kind }: Device): RecordedKind<Device> {
  return recordedKinds[kind];
}

/** The first key of a recorded device with a value that dan does not write; undefined if there is none. */
export function deviceFault(value: unknown, names: DerivedNames): string | undefined {
  const { kind } = objectIn(value);
  if (!isObject(value) || typeof kind !== 'string' || !Object.hasOwn(recordedKinds, kind)) return 'device.kind';
  const key = faultyKey(value, recordedKindOf(value as unknown as Device).recorded(names, value));
  return key === undefined ? undefined : `device.${key}`;
}

/** Plans the requested device. Throws an error for each request that its kind refuses. */
export function planDevice(request: DeviceRequest, view: NodeView): Plan<Device> {
  return kindOf(request).plan(request, view);
}

/** The parts of the node that a request needs. */
export function wantsOf(request: DeviceRequest): Wants {
  return kindOf(request).wants(request);
}

/** The functions of a kind that need only the device. */
type Part =
  | 'bridge'
  | 'counting'
  | 'files'
  | 'function'
  | 'hops'
  | 'links'
  | 'madeLinks'
  | 'master'
  | 'name'
  | 'pluggable'
  | 'port'
  | 'redirects'
  | 'socket'
  | 'tap';

// Returns a function that asks the kind of a device for one part. `RecordedKind` describes the parts.
function part<P extends Part>(name: P): (device: Device) => ReturnType<RecordedKind<Device>[P]> {
  return (device) => recordedKindOf(device)[name](device) as ReturnType<RecordedKind<Device>[P]>;
}

/** The derived name of a device: of its record, and of a device that is one link or one port. */
export const nameOf = part('name');

/** dan's own tap of a device, with its own MAC; undefined for a device without one. */
export const tapOf = part('tap');

/** The socket of a device; undefined for a device without one. */
export const socketOf = part('socket');

/** The port of an Open vSwitch that a device has. */
export const portOf = part('port');

/** The virtual function that a device takes. */
export const functionOf = part('function');

/** The bridge to which a device is connected, of either kind. */
export const bridgeOf = part('bridge');

/** The link in the pod from which a device takes its frames. The file carries that link's addresses. */
export const masterOf = part('master');

/** dan's own links of a device. */
export const linksOf = part('links');

/** The link of a device that counts what the guest sends and receives; undefined if its port does. */
export const countingOf = part('counting');

/** dan's own links of a device, with the names under which they are made, which alone identify them until marked. */
export const madeLinksOf = part('madeLinks');

/** The tap of a device that dan can plug into a running virtual machine; undefined if there is none. */
export const pluggableOf = part('pluggable');

/** The files that are removed with a device. */
export const filesOf = part('files');

/** The redirects of a device at the ingress of links that are not dan's own. */
export const redirectsOf = part('redirects');

/** All hops of a device's redirection. */
export const hopsOf = part('hops');

/** How a device's links differ from what ADD made. `links` are the kernel's links in both namespaces. */
export function deviceFaults(device: Device, links: readonly Link[], users: TapUsers | undefined): readonly string[] {
  return recordedKindOf(device).faults(device, links, users);
}

/** What an attachment of any kind without a record may have left. Each link and each file is listed once. */
export function straysOf(
  names: DerivedNames,
  document: JsonObject,
): { readonly links: readonly OwnLink[]; readonly files: readonly OwnFile[] } {
  const all = Object.values<AnyKind>(kinds).map((kind) => kind.strays(names, document));
  const links = new Map(all.flatMap((one) => one.links).map((link) => [`${link.in} ${link.name}`, link]));
  const files = new Map(all.flatMap((one) => one.files).map((file) => [file.path, file]));
  return { links: [...links.values()], files: [...files.values()] };
}
