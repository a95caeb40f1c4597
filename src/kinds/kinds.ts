import type { DerivedNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';
import { isObject, type JsonObject, objectIn } from '../json/object.ts';
import { faultyKey } from '../json/shape.ts';
import type { NodeView, OwnFile, OwnLink, Plan, Wants } from './device.ts';
import type { DeviceKind, RecordedKind } from './kind.ts';
import { kinds, recordedKinds } from './table.ts';
import type { TapUsers } from './tap.ts';

export { defaultKind } from './table.ts';

/** The name of a kind, as "device" has it. */
export type KindName = keyof typeof kinds;

type RequestOf<Kind> = Kind extends DeviceKind<infer Request, infer _Device, infer _Planned> ? Request : never;
type DeviceOf<Kind> = Kind extends RecordedKind<infer One> ? One : never;

/** What a configuration says of a device. */
export type DeviceRequest = RequestOf<(typeof kinds)[KindName]>;

/** A device as it was planned, and as a record keeps it. */
export type Device = DeviceOf<(typeof recordedKinds)[keyof typeof recordedKinds]>;

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
export function recordedKindOf({ kind }: Device): RecordedKind<Device> {
  return recordedKinds[kind];
}

/** What of a record's device is not what dan writes, as the name of its key; undefined: nothing is. */
export function deviceFault(value: unknown, names: DerivedNames): string | undefined {
  const { kind } = objectIn(value);
  if (!isObject(value) || typeof kind !== 'string' || !Object.hasOwn(recordedKinds, kind)) return 'device.kind';
  const key = faultyKey(value, recordedKindOf(value as unknown as Device).recorded(names, value));
  return key === undefined ? undefined : `device.${key}`;
}

/** Plans the device that is asked for. Throws what its kind refuses. */
export function planDevice(request: DeviceRequest, view: NodeView): Plan<Device> {
  return kindOf(request).plan(request, view);
}

/** What of the node a request is about. */
export function wantsOf(request: DeviceRequest): Wants {
  return kindOf(request).wants(request);
}

/** What a device alone decides of itself. */
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

// Asks the kind of a device for a part of it: `RecordedKind` says what each is.
function part<P extends Part>(name: P): (device: Device) => ReturnType<RecordedKind<Device>[P]> {
  return (device) => recordedKindOf(device)[name](device) as ReturnType<RecordedKind<Device>[P]>;
}

/** The derived name of a device: its record has it, and what of it is one link or one port. */
export const nameOf = part('name');

/** The tap of a device that is dan's own, with its own MAC; undefined for one without. */
export const tapOf = part('tap');

/** The socket of a device; undefined for one without. */
export const socketOf = part('socket');

/** The port of an Open vSwitch that a device has. */
export const portOf = part('port');

/** The virtual function that a device takes. */
export const functionOf = part('function');

/** The bridge that a device is connected to, of either kind. */
export const bridgeOf = part('bridge');

/** The link in the pod that a device takes its frames from; the file carries its addresses. */
export const masterOf = part('master');

/** The links of a device that are dan's own. */
export const linksOf = part('links');

/** The link of a device that counts what the guest sends and receives; undefined: its port does. */
export const countingOf = part('counting');

/** The same links under the names that they are made under, which alone show what they are before they are marked. */
export const madeLinksOf = part('madeLinks');

/** What of a device a virtual machine that runs already can be given; undefined: nothing. */
export const pluggableOf = part('pluggable');

/** The files of a device that go with it. */
export const filesOf = part('files');

/** The redirects of a device at the ingress of links that are not dan's own. */
export const redirectsOf = part('redirects');

/** All hops of a device's redirection. */
export const hopsOf = part('hops');

/** What of a device's links is not as it was made. `links` are those that the kernel has, of both namespaces. */
export function deviceFaults(device: Device, links: readonly Link[], users: TapUsers | undefined): readonly string[] {
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
