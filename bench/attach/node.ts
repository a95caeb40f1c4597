import type { Host } from '../../integration/harness/host.ts';

/** The bridge to which dan attaches. */
export const danBridge = 'br0';

/** The bridge to which Debian's plugin attaches. */
export const goBridge = 'cni0';

/** The link below macvlan. */
export const uplink = 'uplink';

/** Makes what the plugins attach to: two equal bridges, and a link. Each bridge keeps one port. */
export async function makeNode(host: Host): Promise<void> {
  await host.sh(
    [danBridge, goBridge]
      .map(
        (bridge, at) => `
          ip link add ${bridge} address 02:00:5e:10:01:0${at} type bridge
          ip link add ${bridge}-port type veth peer name ${bridge}-far
          ip link set ${bridge}-port master ${bridge} up
          ip link set ${bridge}-far up
          ip link set ${bridge} up`,
      )
      .join(''),
  );
  await host.sh(`
    ip link add ${uplink} type veth peer name ${uplink}-far
    ip link set ${uplink}-far up
    ip link set ${uplink} up`);
}

/** A pod's network namespace, and the result of an earlier plugin, if there was one. */
export interface Pod {
  readonly netns: string;
  readonly prevResult?: object;
}

/** Makes a pod whose namespace is empty. */
export async function makeEmptyPod(host: Host, name: string): Promise<Pod> {
  return { netns: await host.podNetns(name) };
}

/** Makes a pod with what an earlier plugin would have made in it: `eth0`, with an address and a default route. */
export async function makePodWithInterface(host: Host, name: string, number: number): Promise<Pod> {
  const netns = await host.podNetns(name);
  const mac = `02:00:5e:10:02:${number.toString(16).padStart(2, '0')}`;
  const [address, gateway] = [`10.1.${number}.5/24`, `10.1.${number}.1`];
  await host.sh(`
    ip link add ${name} type veth peer name eth0 address ${mac} netns ${name}
    ip addr add ${gateway}/24 dev ${name}
    ip link set ${name} up
    ip -n ${name} addr add ${address} dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} route add default via ${gateway}`);
  return {
    netns,
    prevResult: {
      cniVersion: '1.0.0',
      interfaces: [{ name: 'eth0', mac, sandbox: netns }],
      ips: [{ address, gateway, interface: 0 }],
      routes: [{ dst: '0.0.0.0/0', gw: gateway }],
      dns: {},
    },
  };
}
