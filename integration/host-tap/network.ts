import type { Host } from '../harness/host.ts';

/** A configuration for the bridge `br0` with fixed addresses; `changes` overrides keys, undefined removes one. */
export function networkConfig(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    cniVersion: '1.1.0',
    name: 'kata-net',
    type: 'dan',
    bridge: 'br0',
    addresses: ['10.88.0.5/24'],
    routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }],
    ...changes,
  };
}

/** An IPAM section for host-local, dual stack. */
export const hostLocal = {
  type: 'host-local',
  ranges: [[{ subnet: '10.88.0.0/24' }], [{ subnet: 'fd00:88::/64' }]],
  routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
} as const;

/** Makes the bridge `br0` of the test host, up, with the gateways' addresses. */
export async function makeBridge(host: Host, name = 'br0'): Promise<void> {
  await host.sh(`
    ip link add ${name} type bridge
    ip addr add 10.88.0.1/24 dev ${name}
    ip addr add fd00:88::1/64 dev ${name} nodad
    ip link set ${name} up`);
}

/** MAC and MTU of a bridge, which no pod may change. */
export async function bridgeIdentity(host: Host, name = 'br0'): Promise<string> {
  return await host.sh(`cat /sys/class/net/${name}/address /sys/class/net/${name}/mtu`);
}

/** Fills the bridge with both ends of veth pairs, so that another port is refused. */
export const fillBridge = `
  for i in $(seq 1 512); do
    echo "link add v$i type veth peer name w$i"
    echo "link set v$i master br0"
    echo "link set w$i master br0"
  done | ip -force -batch - 2>/dev/null || :
  [ $(ls /sys/class/net/br0/brif | wc -l) = 1023 ]`;
