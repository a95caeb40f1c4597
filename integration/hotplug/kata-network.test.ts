import { afterAll, beforeAll, expect, it } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { belongings, documented, kataNetwork, succeeds } from '../kata-network/command.ts';
import { RunningSandbox, sandbox } from './running-sandbox.ts';

// Scripts written for `kata-runtime kata-network`, on a running sandbox, and the output of each line.

let host: Host;
let running: RunningSandbox;
let before: string;
beforeAll(async () => {
  host = await Host.create();
  running = await RunningSandbox.start(host, { kind: 'qemu-hmp' });
  before = await belongings(host);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

it('gives and takes interfaces and routes, as the document walks through the commands', async () => {
  const { guest } = running;
  await writeInside(host, '/root/test-iface.json', JSON.stringify(documented, null, 4));
  const route = '{"dest":"default","gateway":"172.16.0.1","device":"eth-test"}';
  await writeInside(host, '/root/test-route.json', route);
  const run = (line: string): Promise<string> => host.sh(`cd /root; ${line.replaceAll('kata-runtime', executable)}`);

  // The container's id is truncated, which works because the sandbox runs.
  await expect(run('cat ./test-iface.json | kata-runtime kata-network add-iface 6ec7a98 -')).resolves.toBe(
    '{"device":"tap-test","name":"eth-test","IPAddresses":[{"Family":2,"Address":"172.16.0.3","Mask":"16"}],' +
      '"mtu":1500,"hwAddr":"02:42:20:6f:a3:69","queues":5,"pciAddr":"02.0/1e"}',
  );
  await expect(guest.text('ip route')).resolves.toBe(
    '172.16.0.0/16 dev eth-test proto kernel scope link src 172.16.0.3',
  );
  await expect(guest.text('ip -br link show eth-test')).resolves.toMatch(/02:42:20:6f:a3:69 <.*\bUP\b/);
  await expect(run('kata-runtime kata-network list-ifaces 6ec7a98')).resolves.toBe(
    '[{"name":"eth-test","mac":"02:42:20:6f:a3:69","ip":["172.16.0.3/16"],"mtu":1500}]',
  );

  // The link stays up, so it keeps its IPv6 address.
  const link = await guest.text('cat /sys/class/net/eth-test/carrier_down_count');
  await expect(run('cat ./test-route.json | kata-runtime kata-network add-route 6ec7a98 -')).resolves.toBe(
    `[${route}]`,
  );
  await expect(guest.text('cat /sys/class/net/eth-test/carrier_down_count')).resolves.toBe(link);
  await expect(guest.text('ip route show default')).resolves.toBe('default via 172.16.0.1 dev eth-test');
  await expect(run('kata-runtime kata-network list-routes 6ec7a98')).resolves.toBe(`[${route}]`);
  const other = { dest: '177.17.0.0/24', gateway: '172.16.25.1', device: 'eth-test' };
  await expect(succeeds(host, 'add-route', sandbox, other)).resolves.toBe(JSON.stringify([other]));

  await expect(run('cat ./test-route.json | kata-runtime kata-network del-route 6ec7a98 -')).resolves.toBe(
    `[${route}]`,
  );
  await expect(guest.text('ip route show default')).resolves.toBe('');
  await expect(guest.text('ip route show 177.17.0.0/24')).resolves.toContain('via 172.16.25.1 dev eth-test');
  await expect(run('cat ./test-iface.json | kata-runtime kata-network del-iface 6ec7a98 -')).resolves.toBe('null');
  await expect(running.links()).resolves.toBe('');
  await expect(running.cards()).resolves.toEqual([]);
  await expect(run('kata-runtime kata-network list-ifaces 6ec7a98')).resolves.toBe('null');
  expect(await belongings(host)).toBe(before);
});

it('prints the other answers of the document', async () => {
  const iface = {
    device: 'tap_test',
    name: 'eth-test',
    IPAddresses: [{ address: '173.85.100.1', mask: '24' }],
    mtu: 1500,
    hwAddr: '02:42:20:6e:03:01',
  };
  // A tap that existed before can be plugged in, too, and stays.
  await host.sh('ip tuntap add tap_test mode tap vnet_hdr; ip link set tap_test up');
  await expect(succeeds(host, 'add-iface', sandbox, iface)).resolves.toBe(
    '{"device":"tap_test","name":"eth-test","IPAddresses":[{"Family":2,"Address":"173.85.100.1","Mask":"24"}],"mtu":1500,"hwAddr":"02:42:20:6e:03:01","pciAddr":"02.0/1e"}',
  );
  const bad = await kataNetwork(host, 'add-iface', sandbox, { ...iface, device: 'tap2', hwAddr: '02:42:20:6e:03:02' });
  expect(bad).toMatchObject({ exitCode: 1, stdout: 'null\n' });
  const badRoute = await kataNetwork(host, 'add-route', sandbox, {
    dest: '10.9.0.0/16',
    gateway: '10.1.2.3',
    device: 'eth-other',
  });
  expect(badRoute).toMatchObject({ exitCode: 1, stdout: 'null\n', stderr: expect.stringContaining('[') });
  await expect(succeeds(host, 'list-routes', sandbox)).resolves.toBe('null');
  await expect(succeeds(host, 'del-iface', sandbox, iface)).resolves.toBe('null');
  await expect(host.sh('cat /sys/class/net/tap_test/carrier')).resolves.toBe('0');
  await host.sh('ip link del tap_test');
  expect(await belongings(host)).toBe(before);
});
