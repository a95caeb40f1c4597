import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { traces } from '../harness/traces.ts';
import { Multus } from './multus.ts';
import { type ConfList, danDevices, makeBridge, shippedList } from './node.ts';

const cluster = shippedList('tcfilter-behind-bridge');

/** A second network without a default route: a sandbox can have one of each family. */
const second: ConfList = {
  cniVersion: '1.0.0',
  cniVersions: ['1.0.0', '1.1.0'],
  name: 'second',
  plugins: [
    {
      type: 'dan',
      device: 'host-tap',
      bridge: 'br0',
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.90.0.0/16' }]] },
    },
  ],
};

/** A network whose pods choose their addresses. */
const chosen: ConfList = {
  ...second,
  name: 'chosen',
  plugins: [{ type: 'dan', device: 'host-tap', bridge: 'br0', capabilities: { mac: true, ips: true } }],
};

/** A network that cannot be attached on this node. */
const broken: ConfList = {
  ...second,
  name: 'broken',
  plugins: [{ type: 'dan', device: 'host-tap', bridge: 'no-bridge' }],
};

async function succeeds(multus: Multus, command: 'ADD' | 'CHECK' | 'DEL', netns: string): Promise<void> {
  const { exitCode, stdout, stderr } = await multus.call(command, netns);
  const why = exitCode === 0 ? '' : `${stdout}${stderr}`;
  expect({ command, exitCode, why }).toEqual({ command, exitCode: 0, why: '' });
}

test("Multus attaches, checks and deletes a pod with the cluster's network and a second one", async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  {
    await using multus = await Multus.start(host, { cluster, networks: [second], annotation: 'second@net1' });
    await succeeds(multus, 'ADD', netns);
    const { 'sandbox-1': devices = [] } = await danDevices(host);
    expect(devices.map(({ name }) => name)).toEqual(['eth0', 'net1']);
    const addresses = devices.map(({ network_info: { interface: guest } }) => guest.ip_addresses);
    expect((await multus.networkStatus()).map((status) => [status.interface, status.mac, status.ips])).toEqual(
      devices.map(({ name, guest_mac: mac }, index) => [name, mac, addresses[index]!.map(withoutPrefix)]),
    );
    await succeeds(multus, 'CHECK', netns);
    await succeeds(multus, 'DEL', netns);
  }
  expect(await traces(host)).toEqual(['netns pod']);
});

test('Multus deletes a pod whose API server and network namespace are gone', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const multus = await Multus.start(host, { cluster, networks: [second], annotation: 'second' });
  await succeeds(multus, 'ADD', netns);
  await multus[Symbol.asyncDispose]();
  await host.sh('ip netns delete pod');
  await succeeds(multus, 'DEL', netns);
  expect(await traces(host)).toEqual([]);
});

// For a cluster network that its configuration names by path, Multus calls DEL without the plugins' keys.
test("Multus deletes a host-tap of the cluster's network, of whose configuration it has lost the keys", async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  {
    await using multus = await Multus.start(host, {
      cluster: shippedList('host-tap'),
      clusterBy: 'path',
      networks: [second],
      annotation: 'second',
    });
    await succeeds(multus, 'ADD', netns);
    await succeeds(multus, 'DEL', netns);
  }
  expect(await traces(host)).toEqual(['netns pod']);
});

test('Multus hands the MAC and the addresses of the annotation to dan', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const wanted = { mac: '02:aa:bb:cc:dd:01', ips: ['10.90.3.3/16', 'fd00:90::3/64'] };
  {
    const annotation = JSON.stringify([{ name: 'chosen', interface: 'net1', ...wanted }]);
    await using multus = await Multus.start(host, { cluster, networks: [chosen], annotation });
    await succeeds(multus, 'ADD', netns);
    const { 'sandbox-1': devices = [] } = await danDevices(host);
    expect(devices.slice(1)).toMatchObject([
      { name: 'net1', guest_mac: wanted.mac, network_info: { interface: { ip_addresses: wanted.ips } } },
    ]);
    await succeeds(multus, 'CHECK', netns);
    await succeeds(multus, 'DEL', netns);
  }
  expect(await traces(host)).toEqual(['netns pod']);
});

test('Multus deletes the networks before the one that dan refuses', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  {
    await using multus = await Multus.start(host, { cluster, networks: [second, broken], annotation: 'second,broken' });
    const { exitCode, json } = await multus.call('ADD', netns);
    expect(exitCode).toBe(1);
    expect(json['msg']).toContain('no-bridge');
    expect(await danDevices(host)).toEqual({});
    await succeeds(multus, 'DEL', netns);
  }
  expect(await traces(host)).toEqual(['netns pod']);
});

function withoutPrefix(address: string): string {
  return address.replace(/\/.*/, '');
}
