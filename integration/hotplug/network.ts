import { Host } from '../harness/host.ts';

/** A network whose interfaces are plugged into running sandboxes, with every setting that an agent gets. */
export const plugNetwork = {
  cniVersion: '1.1.0',
  name: 'plug-net',
  type: 'dan',
  hotplug: true,
  bridge: 'br0',
  mtu: 1400,
  addresses: ['10.99.0.2/24', 'fd00:99::2/64'],
  routes: [
    { dst: '10.200.0.0/16', gw: '10.99.0.1' },
    { dst: 'fd01::/64', gw: 'fd00:99::1' },
  ],
  neighbors: [{ address: '10.99.0.9', mac: '02:00:00:00:00:fe' }],
  commandTimeout: 20,
} as const;

/** Makes its bridge, with the gateways' addresses. */
export const makePlugBridge = `
  ip link add br0 type bridge
  ip addr add 10.99.0.1/24 dev br0
  ip addr add fd00:99::1/64 dev br0 nodad
  ip link set br0 up`;

/** A host with that bridge, and the network namespace of a pod. */
export async function plugHost(): Promise<{ readonly host: Host; readonly netns: string }> {
  const host = await Host.create();
  await host.sh(makePlugBridge);
  return { host, netns: await host.podNetns('pod') };
}
