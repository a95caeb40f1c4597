import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { belongings, documented, kataNetwork, sandbox, succeeds } from './command.ts';

// Scripts written for `kata-runtime kata-network`, and the output of each line.

const netport = {
  device: 'tapname_fun_012',
  name: 'netport_test_1',
  IPAddresses: [{ address: '177.17.0.1', mask: '8' }],
  hwAddr: '02:42:20:6e:a2:59',
  mtu: 1500,
};

test('the document’s walk through the commands: add, list, route, remove', async () => {
  await using host = await Host.create();
  const before = await belongings(host);
  await writeInside(host, '/root/test-iface.json', JSON.stringify(documented, null, 4));
  const route = '{"dest":"default","gateway":"172.16.0.1","device":"eth-test"}';
  const run = (line: string): Promise<string> => host.sh(`cd /root; ${line.replaceAll('kata-runtime', executable)}`);
  const short = '6ec7a98';

  await expect(run(`kata-runtime kata-network list-ifaces ${sandbox}`)).resolves.toBe('null');
  await expect(run(`cat ./test-iface.json | kata-runtime kata-network add-iface ${sandbox} -`)).resolves.toBe(
    '{"device":"tap-test","name":"eth-test","IPAddresses":[{"Family":2,"Address":"172.16.0.3","Mask":"16"}],' +
      '"mtu":1500,"hwAddr":"02:42:20:6f:a3:69","queues":5}',
  );
  await expect(run(`kata-runtime kata-network list-ifaces ${short}`)).resolves.toBe(
    '[{"name":"eth-test","mac":"02:42:20:6f:a3:69","ip":["172.16.0.3/16"],"mtu":1500}]',
  );
  await expect(run(`kata-runtime kata-network list-routes ${short}`)).resolves.toBe('null');
  await writeInside(host, '/root/test-route.json', route);
  await expect(run(`cat ./test-route.json | kata-runtime kata-network add-route ${short} -`)).resolves.toBe(
    `[${route}]`,
  );
  await expect(run(`kata-runtime kata-network list-routes ${short}`)).resolves.toBe(`[${route}]`);
  await expect(run(`cat ./test-route.json | kata-runtime kata-network del-route ${short} -`)).resolves.toBe(
    `[${route}]`,
  );
  await expect(run(`cat ./test-iface.json | kata-runtime kata-network del-iface ${short} -`)).resolves.toBe('null');
  await expect(run(`kata-runtime kata-network list-ifaces ${short}`)).resolves.toBe('null');
  expect(await belongings(host)).toBe(before);
});

test('the other examples: answers of add-iface, list-ifaces, add-route, del-route, del-iface', async () => {
  await using host = await Host.create();
  const iface = {
    device: 'tap_test',
    name: 'eth-test',
    IPAddresses: [{ address: '173.85.100.1', mask: '24' }],
    mtu: 1500,
    hwAddr: '02:42:20:6e:03:01',
  };
  // Everything except the "pciAddr", which is unknown before the virtual machine starts.
  await expect(succeeds(host, 'add-iface', sandbox, iface)).resolves.toBe(
    '{"device":"tap_test","name":"eth-test","IPAddresses":[{"Family":2,"Address":"173.85.100.1","Mask":"24"}],"mtu":1500,"hwAddr":"02:42:20:6e:03:01"}',
  );
  await expect(succeeds(host, 'del-iface', sandbox, iface)).resolves.toBe('null');

  const two = [
    { name: 'container_eth', hwAddr: '02:42:20:6e:a2:59', IPAddresses: [{ address: '172.17.25.23', mask: '8' }] },
    { name: 'container_eth_2', hwAddr: '02:90:50:6b:a2:29', IPAddresses: [{ address: '192.168.0.34', mask: '24' }] },
  ];
  for (const [at, one] of two.entries())
    await succeeds(host, 'add-iface', sandbox, { device: `tap${at}`, mtu: 1500, ...one });
  await expect(succeeds(host, 'list-ifaces', sandbox)).resolves.toBe(
    '[{"name":"container_eth","mac":"02:42:20:6e:a2:59","ip":["172.17.25.23/8"],"mtu":1500},{"name":"container_eth_2","mac":"02:90:50:6b:a2:29","ip":["192.168.0.34/24"],"mtu":1500}]',
  );
  for (const { name } of two) await succeeds(host, 'del-iface', sandbox, { name });

  await succeeds(host, 'add-iface', sandbox, netport);
  const route = '[{"dest":"177.17.0.0/24","gateway":"177.17.25.1","device":"netport_test_1"}]';
  await expect(succeeds(host, 'add-route', sandbox, route)).resolves.toBe(route);
  await expect(succeeds(host, 'del-route', sandbox, route)).resolves.toBe(route);

  // An interface that cannot be deleted, here because its sandbox runs.
  await host.sh(`mkdir -p /run/kata/${sandbox}`);
  const failed = await kataNetwork(host, 'del-iface', sandbox, netport);
  expect(failed.exitCode).toBe(1);
  expect(failed.stdout).toBe(
    '{"device":"tapname_fun_012","name":"netport_test_1","IPAddresses":[{"Family":2,"Address":"177.17.0.1","Mask":"8"}],"mtu":1500,"hwAddr":"02:42:20:6e:a2:59","linkType":"tap"}\n',
  );
  expect(failed.stderr).toContain('[sandbox-runs]');
});

test('the examples of the list of commands, with the comma that one lacks', async () => {
  await using host = await Host.create();
  const iface =
    '{"device":"tap1","name":"eth1","IPAddresses":[{"address":"172.17.1.10","mask":"24"}],"mtu":1300,"hwAddr":"02:42:20:6f:a2:80"';
  const socket = '"vhostUserSocket":"/usr/local/var/run/openvswitch/vhost-user1"}';
  const broken = await kataNetwork(host, 'add-iface', sandbox, `${iface}${socket}`);
  expect(broken).toMatchObject({
    exitCode: 1,
    stdout: 'null\n',
    stderr: expect.stringContaining('[undecodable-input]'),
  });

  // Only the directory of the switch's sockets must exist.
  const place = '/run/openvswitch';
  await host.sh(`mkdir ${place}`);
  const inPlace = socket.replace('/usr/local/var/run/openvswitch', place);
  await expect(succeeds(host, 'add-iface', sandbox, `${iface},${inPlace}`)).resolves.toBe(
    `{"device":"tap1","name":"eth1","IPAddresses":[{"Family":2,"Address":"172.17.1.10","Mask":"24"}],"mtu":1300,"hwAddr":"02:42:20:6f:a2:80",${inPlace}`,
  );
  // No tap is touched.
  await expect(host.sh('ip -brief link show | sed "s/ .*//"')).resolves.toBe('lo');
  const route = '{"dest":"172.17.10.10/24","gateway":"","device":"eth1"}';
  await expect(succeeds(host, 'add-route', sandbox, route)).resolves.toBe(`[${route}]`);
  await expect(succeeds(host, 'del-route', sandbox, '{"dest":"172.17.10.10/24"}')).resolves.toBe(`[${route}]`);
  await host.sh(`mkdir -p /run/vc/sbs/${sandbox}`);
  const failed = await kataNetwork(host, 'del-iface', sandbox, { name: 'eth1' });
  expect(JSON.parse(failed.stdout)).toMatchObject({ device: 'tap1', linkType: 'vhost-user' });
  await host.sh(`rmdir /run/vc/sbs/${sandbox}`);
  await expect(succeeds(host, 'del-iface', sandbox, '{"name":"eth1"}')).resolves.toBe('null');
});
