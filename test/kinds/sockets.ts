import type { NodeView, Plan } from '../../src/kinds/device.ts';
import { planVhostUser, type VhostUser, type VhostUserRequest } from '../../src/kinds/vhost-user.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { defaultOvsDatabase } from '../../src/model/ovs.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import type { SocketPath } from '../../src/model/socket-path.ts';
import { names, nodeView } from './node.ts';
import { onDpdk } from './switches.ts';

export const explicit = '/run/vm/net0.sock' as SocketPath;
export const derived = `/run/dan/vhost-user/${names.link}.sock`;
export const br0 = 'br0' as InterfaceName;

/** The request for a vhost-user device whose switch others manage. */
export function socketRequest(changes: Partial<VhostUserRequest> = {}): VhostUserRequest {
  return {
    device: 'vhost-user',
    mac: undefined,
    mtu: undefined,
    queuePairs: 1 as QueuePairs,
    queueSize: undefined,
    bridge: null,
    database: defaultOvsDatabase,
    vlan: undefined,
    trunk: undefined,
    socketPath: undefined,
    isSocketOfPod: false,
    socketDir: '/run/dan/vhost-user',
    place: 'host',
    ...changes,
  };
}

/** The plan for it on a node with br0 in an Open vSwitch with DPDK, unless a test changes that. */
export function planSocket(
  changes: Partial<VhostUserRequest> = {},
  view: Partial<NodeView> = onDpdk(),
): Plan<VhostUser> {
  return planVhostUser(socketRequest(changes), nodeView(view));
}
