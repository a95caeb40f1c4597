import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { makeBridge, networkConfig } from './network.ts';

// deploy/README.md says that the route to services may use any address of the node.
test('services by an address of the node that is on another interface than the bridge', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  await host.sh(`
    ip link add uplink type veth peer name peer
    ip address add 198.51.100.7/24 dev uplink
    ip link set uplink up
    ip address add 10.96.0.10/32 dev lo`);
  const config = networkConfig({ routes: [{ dst: '10.96.0.0/12', gw: '198.51.100.7' }] });
  const { exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns: await host.podNetns('pod') });
  expect(exitCode, stdout).toBe(0);
  await using guest = await bootFromFile({ host, file: '/run/kata-containers/dans/sandbox-1.json' });
  await guest.text('ping -c 1 -W 5 10.96.0.10');
  await host.sh('echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore');
  await guest.text('ip neighbor flush dev eth0');
  await expect(guest.text('ping -c 1 -W 2 10.96.0.10')).rejects.toThrow();
});
