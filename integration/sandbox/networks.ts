import type { Call } from '../harness/plugin.ts';

/** The number of addresses in the network with host-local: one less than there are sandboxes. */
export const addressCount = 2;

/** The two networks of the model. The second gives every sandbox the same address, so none can have it twice. */
export const networks = {
  leased: {
    cniVersion: '1.1.0',
    name: 'leased',
    type: 'dan',
    bridge: 'br0',
    bandwidth: { ingressRate: 8e6, ingressBurst: 262_144, egressRate: 8e6, egressBurst: 262_144 },
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: '10.88.0.0/24', rangeStart: '10.88.0.10', rangeEnd: '10.88.0.11' }]],
    },
  },
  fixed: {
    cniVersion: '1.1.0',
    name: 'fixed',
    type: 'dan',
    bridge: null,
    addresses: ['10.99.0.5/24'],
  },
} as const;

/** Name of a network. */
export type Network = keyof typeof networks;

/** What identifies an attachment. */
export interface Attachment {
  readonly network: Network;
  readonly sandbox: string;
  readonly ifname: string;
}

/** The sandboxes of the model. */
export const sandboxes = ['sandbox-a', 'sandbox-b', 'sandbox-c'] as const;

/** Names for their interfaces. */
export const ifnames = ['eth0', 'net1'] as const;

/** The call for an attachment; `changes` overrides keys of its network. */
export function callFor(
  command: Call['command'],
  { network, sandbox, ifname }: Attachment,
  changes: Readonly<Record<string, unknown>> = {},
): Call {
  return { command, config: { ...networks[network], ...changes }, sandbox, ifname, netns: `/run/netns/${sandbox}` };
}
