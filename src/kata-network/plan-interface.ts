import { kernel } from '#kernel';
import type { AttachedDevice } from '../dan/attachment.ts';
import { adoptTap } from '../kinds/adopted-tap.ts';
import { type HostTap, makeHostTap } from '../kinds/host-tap.ts';
import type { RecordedDevice } from '../kinds/kinds.ts';
import { defaultSocketDir } from '../kinds/socket.ts';
import { planVhostUser } from '../kinds/vhost-user.ts';
import type { Site } from '../host/site.ts';
import { lookAtSocket } from '../host/socket.ts';
import { holdersOfTap } from '../host/tap-holders.ts';
import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';
import type { Operation } from '../model/operation.ts';
import { defaultOvsDatabase } from '../model/ovs.ts';
import type { SocketPath } from '../model/socket-path.ts';
import type { InterfaceRequest } from './requests/interface-request.ts';

/** What is going to be made for an interface, or is there and is going to be used. */
export interface InterfacePlan {
  readonly device: RecordedDevice;
  /** What the file says of it. */
  readonly attached: AttachedDevice;
  readonly operations: readonly Operation[];
  readonly warnings: readonly string[];
}

/**
 * Looks at what has the name of the device, or the path of the socket, and plans. Changes nothing. Throws
 * `device-unusable`, `tap-not-ours`, `socket-path-unusable`.
 */
export async function planInterface(
  request: InterfaceRequest,
  names: DerivedNames,
  site: Site,
): Promise<InterfacePlan> {
  const { socketPath } = request;
  if (socketPath !== undefined) return await planSocket({ ...request, socketPath }, names);
  return await planTap(request, names, site);
}

async function planTap(request: InterfaceRequest, names: DerivedNames, site: Site): Promise<InterfacePlan> {
  const { device: name, queuePairs } = request;
  const links = await kernel.readLinks([name, names.link], 'host', site);
  const attached = { kind: 'host-tap', tapName: name, queuePairs, queueSize: undefined } as const;
  const there = links.find((link) => isNamed(link, name));
  if (there !== undefined) {
    const { device, warnings } = adoptTap(request, there, holdersOfTap(name), names);
    return { device, attached, operations: [], warnings };
  }
  // It is made under the derived name.
  if (links.length > 0) {
    throw danError(
      'tap-not-ours',
      `a tap is to be made under the name ${names.link}, and a link of that name exists that no record claims: see with ` +
        `"ip -d link show ${names.link}" whose it is; if nobody's, delete it`,
    );
  }
  const device = ownTap(request, names);
  return { device, attached, operations: makeHostTap(device, undefined), warnings: [] };
}

function ownTap({ device, mtu, queuePairs }: InterfaceRequest, names: DerivedNames): HostTap {
  const { link, altname, alias, linkMac } = names;
  return {
    kind: 'host-tap',
    tap: { in: 'host', name: link, altname, alias },
    mac: linkMac,
    mtu,
    queuePairs,
    // An unset owner would let any user open it.
    owner: 0,
    chosenName: device,
  };
}

async function planSocket(
  { mac, mtu, queuePairs, socketPath }: InterfaceRequest & { readonly socketPath: SocketPath },
  names: DerivedNames,
): Promise<InterfacePlan> {
  const { device, attached, operations, warnings } = planVhostUser(
    {
      device: 'vhost-user',
      mac,
      mtu,
      queuePairs,
      queueSize: undefined,
      // The switch is somebody else's.
      bridge: null,
      database: defaultOvsDatabase,
      vlan: undefined,
      trunk: undefined,
      socketPath,
      socketDir: defaultSocketDir,
      place: 'host',
    },
    {
      names,
      bridge: undefined,
      bridgeMacIsSet: false,
      portMtus: [],
      ovs: undefined,
      externalIds: {},
      socket: await lookAtSocket(socketPath),
      pod: { links: [], routes: [], neighbors: [] },
      ingress: { disciplines: [], filters: [] },
    },
  );
  return { device, attached, operations, warnings };
}

function isNamed({ name, altnames }: Link, wanted: string): boolean {
  return name === wanted || altnames.includes(wanted);
}
