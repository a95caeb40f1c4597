import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { OvsPort } from '../model/ovs.ts';
import type { NodeView, OwnFile, OwnLink, OwnRedirect, Plan } from './device.ts';
import type { AdoptedTap } from './adopted-tap.ts';
import { type HostTap, type HostTapRequest, hostTapFaults, planHostTap } from './host-tap.ts';
import { type Macvtap, macvtapFaults, type MacvtapRequest, planMacvtap } from './macvtap.ts';
import type { TapUsers } from './tap.ts';
import {
  type IngressOf,
  planTcfilter,
  type Tcfilter,
  tcfilterFaults,
  tcfilterHops,
  type TcfilterRequest,
  tcfilterRedirects,
} from './tcfilter.ts';
import { planVhostUser, type VhostUser, type VhostUserRequest } from './vhost-user.ts';

/** A device as it was planned. */
export type Device = HostTap | Tcfilter | Macvtap | VhostUser;

/** What a record keeps of a device: one that was planned, or one that was there before. */
export type RecordedDevice = Device | AdoptedTap;

/** What a configuration says of a device. */
export type DeviceRequest = HostTapRequest | TcfilterRequest | MacvtapRequest | VhostUserRequest;

/** Plans the device that is asked for. Throws what its kind refuses. */
export function planDevice(request: DeviceRequest, view: NodeView): Plan<Device> {
  switch (request.device) {
    case 'host-tap':
      return planHostTap(request, view);
    case 'tcfilter':
      return planTcfilter(request, view);
    case 'macvtap':
      return planMacvtap(request, view);
    case 'vhost-user':
      return planVhostUser(request, view);
    default:
      return request satisfies never;
  }
}

/** The derived name of a device: its record has it, and what of it is one link or one port. */
export function nameOf(device: RecordedDevice): InterfaceName {
  return 'tap' in device ? device.tap.name : device.name;
}

/** The tap of a device that is dan's own, with its own MAC; undefined for one without. */
export function tapOf(device: RecordedDevice): (OwnLink & { readonly mac: string }) | undefined {
  return 'tap' in device ? { ...device.tap, mac: device.mac } : undefined;
}

/** The socket of a device; undefined for one without. */
export function socketOf(device: RecordedDevice): string | undefined {
  return device.kind === 'vhost-user' ? device.path : undefined;
}

/** The port of an Open vSwitch that a device has. */
export function portOf(device: RecordedDevice): OvsPort | undefined {
  return 'port' in device ? device.port : undefined;
}

/** The bridge that a device is connected to, of either kind. */
export function bridgeOf(device: RecordedDevice): InterfaceName | undefined {
  const linux = device.kind === 'host-tap' ? device.bridge : undefined;
  return linux ?? portOf(device)?.bridge;
}

/** The link in the pod that a device takes its frames from; the file carries its addresses. */
export function masterOf(device: RecordedDevice | DeviceRequest): InterfaceName | undefined {
  return 'master' in device ? device.master : undefined;
}

/** The links of a device that are dan's own. */
export function linksOf(device: RecordedDevice): readonly OwnLink[] {
  switch (device.kind) {
    case 'host-tap':
      return [{ ...device.tap, name: device.chosenName ?? device.tap.name }];
    case 'macvtap':
      return [device.tap];
    case 'tcfilter':
      return device.veth === undefined ? [device.tap] : [device.tap, device.veth.host, device.veth.pod];
    case 'vhost-user':
    case 'adopted-tap':
      return [];
    default:
      return device satisfies never;
  }
}

/** The same links under the names that they are made under: by these alone are they known before they are marked. */
export function madeLinksOf(device: RecordedDevice): readonly OwnLink[] {
  return device.kind === 'host-tap' ? [device.tap] : linksOf(device);
}

/** The files of a device that go with it. The socket of a switch that listens is the switch's. */
export function filesOf(device: RecordedDevice): readonly OwnFile[] {
  if (device.kind === 'macvtap') return [{ kind: 'device-node', path: device.node }];
  return device.kind === 'vhost-user' && device.server === 'vm' ? [{ kind: 'socket', path: device.path }] : [];
}

/** The redirects of a device at the ingress of links that are not dan's own. */
export function redirectsOf(device: RecordedDevice): readonly OwnRedirect[] {
  return device.kind === 'tcfilter' ? tcfilterRedirects(device) : [];
}

/** All hops of a device's redirection. */
export function hopsOf(device: RecordedDevice): readonly (IngressOf & { readonly cookie: string })[] {
  if (device.kind !== 'tcfilter') return [];
  return tcfilterHops(device).map((hop) => ({ ...hop, cookie: device.cookie }));
}

/** What of a device's links is not as it was made. `links` are those that the kernel has, of both namespaces. */
export function deviceFaults(
  device: RecordedDevice,
  links: readonly Link[],
  users: TapUsers | undefined,
): readonly string[] {
  switch (device.kind) {
    case 'host-tap': {
      const { altname } = device.tap;
      return hostTapFaults(
        device,
        links.find(({ name, altnames }) => name === device.tap.name || altnames.includes(altname)),
        users,
      );
    }
    case 'tcfilter':
      return tcfilterFaults(device, links, users);
    case 'macvtap':
      return macvtapFaults(
        device,
        links.find(({ altnames }) => altnames.includes(device.tap.altname)),
      );
    case 'vhost-user':
    case 'adopted-tap':
      return [];
    default:
      return device satisfies never;
  }
}
