import type { Bandwidth } from '../model/bandwidth.ts';
import { danError } from '../model/error.ts';
import { fits, one } from '../json/shape.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { ethernetMtu, type Mtu, parseMtu } from '../model/mtu.ts';
import type { Where } from '../model/operation.ts';
import { defaultOvsDatabase, type OvsDatabase, type OvsPort } from '../model/ovs.ts';
import { leastPolicedRate } from '../model/ovs-limits.ts';
import { parseQueuePairs, type QueuePairs } from '../model/queues.ts';
import { dirname } from '../model/path.ts';
import { parseSocketPath, type SocketPath } from '../model/socket-path.ts';
import type { NodeView, Plan } from './device.ts';
import type { DeviceKind } from './kind.ts';
import { type OvsFacts, requireDpdk } from './ovs-bridge.ts';
import { planOvsPort } from './ovs-port.ts';
import { portRules } from './port-settings.ts';
import { recordedPort } from './recorded.ts';
import { invalid, placeOf, queuesOf, type Rule } from './settings.ts';
import { refuseSmallBursts } from './shaping.ts';
import { defaultSocketDir, derivedSocketPath, socketDirOf } from './socket.ts';
import { noFunctionKeys, noHotplugKeys, noMacvtapKeys, portKeys } from './taken-keys.ts';
import { findOvsBridge, macOnBridge, mtuOfPort, mtuWarnings, type PortRequest, type SwitchView } from './switch.ts';
import { withoutFunction, withoutLinks, withoutMaster, withoutPluggable, withoutShaping } from './without.ts';

/** A socket that connects a VMM with a switch in user space, with everything that dan decides about it. */
export interface VhostUser {
  readonly kind: 'vhost-user';
  /** Derived name: of the record, and of the port if it is ours. */
  readonly name: InterfaceName;
  readonly path: SocketPath;
  /** Which side listens on the socket: the VMM, unless a switch did already. */
  readonly server: 'vm' | 'switch';
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  /** The port of an Open vSwitch that connects to the socket; left out if others manage the switch. */
  readonly port?: OvsPort;
}

/** What a configuration says of a vhost-user device. */
export interface VhostUserRequest extends PortRequest {
  readonly device: 'vhost-user';
  readonly database: OvsDatabase;
  /** An explicit socket; undefined for one with a derived name in the directory. */
  readonly socketPath: SocketPath | undefined;
  /** The pod's owner named that socket, in the directory. */
  readonly isSocketOfPod: boolean;
  readonly socketDir: string;
  readonly bandwidth?: Bandwidth | undefined;
  /** Where the reader looks: on the host (`netns` is null) or in the pod. Only the latter kind connects to a switch. */
  readonly place: Where;
}

/**
 * Plans a vhost-user device. Throws `socket-path-unusable`, `ovs-port-taken`, `burst-too-small`, what `findDpdkBridge`
 * and `mtuOfPort` throw. If `bridge` is null, others manage the switch.
 */
export function planVhostUser(request: VhostUserRequest, view: NodeView): Plan<VhostUser> {
  const { bridge, mac, socketPath, queuePairs, queueSize, place, bandwidth } = request;
  const { names } = view;
  const path = socketPath ?? derivedSocketPath(request.socketDir, names);
  const server = serverOf(request, path, view);
  const ovs = bridge === null ? undefined : findDpdkBridge(bridge, view);
  const mtu = ovs === undefined ? (request.mtu ?? ethernetMtu) : mtuOfPort({ kind: 'ovs', ovs }, request.mtu);
  if (bandwidth !== undefined) refuseSmallBursts(bandwidth, mtu);
  const socket = { path, mtu, queuePairs, ...(bandwidth === undefined ? {} : { bandwidth }) };
  const port = ovs === undefined ? undefined : planOvsPort(names.link, request, ovs, view, socket);
  const device = { kind: 'vhost-user', name: names.link, path, server, mtu, queuePairs } as const;
  return {
    device: { ...device, ...(port === undefined ? {} : { port }) },
    operations: port === undefined ? [] : [{ op: 'ovs-port-add', in: 'host', port }],
    exclusives: [
      ...macOnBridge(mac, port?.bridge),
      ...(socketPath === undefined ? [] : [{ of: 'socket', path } as const]),
    ],
    guestMac: mac ?? names.guestMac,
    mtu,
    attached: { kind: 'vhost-user', path, queuePairs, queueSize },
    place,
    source: undefined,
    warnings: ovs === undefined ? [] : mtuWarnings({ kind: 'ovs', ovs }, mtu),
  };
}

/** Finds an Open vSwitch bridge that can have vhost-user ports. Throws what `findOvsBridge` and `requireDpdk` throw. */
function findDpdkBridge(bridge: InterfaceName, view: SwitchView): OvsFacts {
  const ovs = findOvsBridge(bridge, view);
  requireDpdk(ovs);
  return ovs;
}

// Kata's VMMs bind the socket themselves, and fail if anything is at the path. dan removes a stale socket only in its
// directory of sockets, and never uses a socket there on which another process listens.
function serverOf(request: VhostUserRequest, path: SocketPath, { socket }: NodeView): VhostUser['server'] {
  const explicit = request.socketPath !== undefined && !request.isSocketOfPod;
  switch (socket) {
    case 'missing':
      return 'vm';
    case 'no-directory':
      if (explicit) throw unusable(path, 'is in a directory that does not exist: make it, or correct the path');
      return 'vm';
    case 'stale':
      if (!explicit) return 'vm';
      throw unusable(
        path,
        'is a socket that nobody listens on and that is not ours, and the virtual machine must bind it: see whose it was, ' +
          'and remove it',
      );
    case 'live':
      if (explicit && request.bridge === null && request.place === 'pod') return 'switch';
      throw unusable(path, whyNotLive(request));
    case 'other':
      throw unusable(path, 'is there, and is no socket: remove it, or name another path');
    default:
      return socket satisfies never;
  }
}

function whyNotLive({ bridge, socketPath, isSocketOfPod }: VhostUserRequest): string {
  if (socketPath === undefined || isSocketOfPod) {
    return 'is a socket that somebody listens on already: see with "fuser" who, and end that virtual machine first';
  }
  const listener = 'is a socket that somebody listens on already, and the virtual machine must listen itself';
  if (bridge !== null) return `${listener}, with the port of ${bridge} as its client: name a path where nothing is`;
  return (
    `${listener}: Kata's runtime-rs binds the path. Let the switch be the client (in Open vSwitch, the port type ` +
    'dpdkvhostuserclient instead of dpdkvhostuser), or use "runtime": "generic" for a reader that connects'
  );
}

function unusable(path: SocketPath, why: string): Error {
  return danError('socket-path-unusable', `the vhost-user socket ${path} ${why}`);
}

const onlyTap = { meaningless: 'the socket is bound by the virtual machine, under its own user' } as const;

const switchKeepsLimits: Rule = {
  keys: ['bandwidth', 'bridge'],
  fault({ bandwidth, bridge = null }) {
    if (bandwidth === undefined) return undefined;
    if (bridge === null) {
      return invalid(
        '"bandwidth" has no effect without "bridge": no frame passes the kernel of the host, and the switch is somebody ' +
          "else's: limit the port there",
      );
    }
    const { egress } = bandwidth;
    return egress === undefined || egress.rate >= leastPolicedRate
      ? undefined
      : invalid(
          `"bandwidth" has the "egressRate" ${egress.rate}, and Open vSwitch counts in kilobits: ask for ` +
            `${leastPolicedRate} or more`,
        );
  },
};

/** A socket that connects a VMM with a switch in user space. */
export const vhostUser: DeviceKind<VhostUserRequest, VhostUser> = {
  ...withoutMaster,
  ...withoutShaping,
  ...withoutFunction,
  ...withoutLinks,
  ...withoutPluggable,
  addresses: 'own',
  opens: 'socket',
  switches: 'ovs',
  attachedAs: 'vhost-user',
  linkKinds: [],
  keys: {
    ...portKeys,
    ...noFunctionKeys,
    ...noMacvtapKeys,
    bandwidth: 'taken',
    ...noHotplugKeys('a socket needs memory that the virtual machine shares from its start on: use a tap'),
    hairpinMode: { meaningless: 'an Open vSwitch sends no frame back by the port that it came in by' },
    socketPath: 'taken',
    socketDir: 'taken',
    master: { meaningless: 'its frames come from the switch: name the bridge in "bridge"' },
    owner: onlyTap,
    group: onlyTap,
  },
  rules: [...portRules(null), switchKeepsLimits],
  read(settings, { mac, socketPath, isSocketOfPod = false }) {
    const { mtu, bridge = null, vlan, trunk, socketDir = defaultSocketDir, ovs, bandwidth } = settings;
    const port = { bridge, database: ovs?.db ?? defaultOvsDatabase, vlan, trunk };
    const place = placeOf(settings);
    return {
      device: 'vhost-user',
      mac,
      mtu,
      ...queuesOf(settings),
      ...port,
      socketPath,
      isSocketOfPod,
      socketDir,
      bandwidth,
      place,
    };
  },
  wants: ({ bridge, database, mtu, socketPath: path, socketDir: directory }) => ({
    ...{ bridge, database, mtu, master: undefined, socket: { path, directory } },
  }),
  plan: planVhostUser,
  refuseBridge(_request, bridge, view) {
    findDpdkBridge(bridge, view);
  },
  tools: ({ bridge }) => ({ iproute2: ['ip', 'nsenter'], others: bridge === null ? [] : ['ovs-vsctl'] }),
  features: () => [],
  strays: (names, document) => ({
    links: [],
    files: [{ kind: 'socket', path: derivedSocketPath(socketDirOf(document), names) }],
  }),
  recorded: (names) => ({
    name: one(names.link),
    path: fits(parseSocketPath),
    server: one('vm', 'switch'),
    mtu: fits(parseMtu),
    queuePairs: fits(parseQueuePairs),
    port: recordedPort(names),
  }),
  name: ({ name }) => name,
  socket: ({ path }) => path,
  port: ({ port }) => port,
  bridge: ({ port }) => port?.bridge,
  // The socket of a switch that listens belongs to the switch.
  files: ({ server, path }) => (server === 'vm' ? [{ kind: 'socket', path }] : []),
  makes: ({ path }) => [
    {
      make: 'socket-directory',
      path: dirname(path),
      // The group may pass, so that a switch that does not run as root can get access.
      mode: 0o750,
      what: 'the directory of the socket, with mode 0750, if it is missing',
    },
  ],
  // The VLANs of its port are columns of the switch's database, not of a Linux bridge.
  vlanPort: () => undefined,
  vlanFaults: () => [],
};
