import { expect, test } from 'vitest';
import { addresses, kataNetwork, readDanFile } from '../containerd/kata-network.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, makeBridge } from '../host-tap/network.ts';
import { Podman } from './podman.ts';

// podman passes an address and a MAC in CNI_ARGS.
const network = kataNetwork({ podMaySet: ['mac', 'ips'] });
const options = { networks: { '10-kata-net.conflist': network }, plugins: [executable] };

test('podman run with an address and a MAC: file, tap and podman agree, and rm leaves nothing', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const before = await bridgeIdentity(host);
  const podman = await Podman.start(host, options);
  const id = await podman.run({ name: 'pod', network: 'kata-net', ip: '10.88.0.77', mac: '02:00:00:00:00:77' });

  const file = await readDanFile(host, id);
  expect(file).toMatchObject({
    devices: [{ name: 'eth0', guest_mac: '02:00:00:00:00:77', device: { type: 'host-tap' } }],
  });
  expect(addresses(file)).toEqual(['10.88.0.77', 'fd00:88::2']);
  const tap = file.devices[0]!.device.tap_name;
  expect(JSON.parse(await host.sh(`ip -d -j link show dev ${tap}`))).toMatchObject([
    { master: 'br0', mtu: 1500, address: expect.stringMatching(/^fe:/) as unknown, linkinfo: { info_kind: 'tun' } },
  ]);
  expect(await podman.networks('pod')).toMatchObject({
    'kata-net': {
      IPAddress: '10.88.0.77',
      IPPrefixLen: 24,
      Gateway: '10.88.0.1',
      GlobalIPv6Address: 'fd00:88::2',
      GlobalIPv6PrefixLen: 64,
      IPv6Gateway: 'fd00:88::1',
      MacAddress: '02:00:00:00:00:77',
    },
  });
  expect(await bridgeIdentity(host)).toBe(before);

  await podman.rm('pod');
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
  expect(await bridgeIdentity(host)).toBe(before);
});

test('podman run with an address that is taken is refused with the reason, and leaves nothing', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const podman = await Podman.start(host, options);
  await podman.run({ name: 'first', network: 'kata-net', ip: '10.88.0.77' });
  const taken = podman.run({ name: 'second', network: 'kata-net', ip: '10.88.0.77' });
  await expect(taken).rejects.toThrow('requested IP address 10.88.0.77 is not available');
  await podman.rm('second');
  await podman.rm('first');
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});
