import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Containerd } from '../containerd/containerd.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';

const file = new URL('../../cni-conf/host-tap-service-network.conflist', import.meta.url);

// The router is connected to the bridge's uplink beside the node, and has no route for unknown addresses. Here the
// services' address belongs to the node: what matters is that packets to it reach the node's IP stack, where
// kube-proxy's rules would apply.
test('with a router outside, packets to services go to the node, and all others to the router', async () => {
  await using host = await Host.create();
  await host.sh(`
    ip link add br0 type bridge
    ip address add 10.88.0.2/16 dev br0
    ip netns add router
    ip link add uplink type veth peer name lan netns router
    ip link set uplink master br0
    ip -n router address add 10.88.0.1/16 dev lan
    ip -n router address add 192.0.2.1/32 dev lo
    ip address add 10.96.0.10/32 dev lo
    for link in br0 uplink; do ip link set "$link" up; done
    for link in lo lan; do ip -n router link set "$link" up; done`);
  const networks = { '10-dan.conflist': JSON.parse(readFileSync(file, 'utf8')) as object };
  using containerd = await Containerd.start(host, { networks, plugins: [executable] });
  const id = await containerd.cri.runPodSandbox({ name: 'pod', handler: 'kata' });
  using guest = await containerd.guest(id);
  await guest.text('ping -c 1 -W 5 10.96.0.10');
  await guest.text('ping -c 1 -W 5 192.0.2.1');
  // Without its route, the router does not know the services' address.
  await guest.text('ip route del 10.96.0.0/12');
  await expect(guest.text('ping -c 1 -W 2 10.96.0.10')).rejects.toThrow();
});
