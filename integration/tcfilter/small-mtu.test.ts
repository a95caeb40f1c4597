import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { traces } from '../harness/traces.ts';
import { callBefore, callDan, danFile } from './chain.ts';
import { prepareHost, readers, tcfilterNetwork } from './networks.ts';

// Below 1280 bytes, the kernel removes IPv6 from a link completely, including the file that would switch it off.
test.for(readers)('an interface with an MTU too small for IPv6 is taken over by IPv4, reader %s', async (runtime) => {
  await using host = await Host.create();
  await prepareHost(host, 'bridge');
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  const attaching = { host, netns, network: tcfilterNetwork({ plugin: 'bridge', runtime }) };
  const made = await callBefore(attaching, 'ADD');
  await host.sh('ip -n pod link set eth0 mtu 1000');

  const added = await callDan(attaching, 'ADD', made);
  expect(added.exitCode, added.stdout).toBe(0);
  const file = JSON.parse(await host.sh(`cat ${danFile({})}`)) as {
    devices: { network_info: { interface: { mtu: number; ip_addresses: string[] } } }[];
  };
  const { mtu, ip_addresses: addresses } = file.devices[0]!.network_info.interface;
  expect({ mtu, addresses }).toEqual({ mtu: 1000, addresses: ['10.88.0.2/24'] });
  const checked = await callDan(attaching, 'CHECK', added.json);
  expect(checked.exitCode, checked.stdout).toBe(0);

  expect((await callDan(attaching, 'DEL')).exitCode).toBe(0);
  await callBefore(attaching, 'DEL');
  expect(await traces(host)).toEqual(before);
});
