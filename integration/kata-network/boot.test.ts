import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { Host } from '../harness/host.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { belongings, documented, sandbox, succeeds } from './command.ts';

// A sandbox whose network was made only by these commands: on an existing tap, as Neutron makes it, and on one of
// dan's.

let host: Host;
let guest: Guest;
let adopted: string;

const inFile = `/run/kata-containers/dans/${sandbox}.json`;
const own = {
  device: 'tap-own',
  name: 'eth-own',
  IPAddresses: [{ address: '2001:db8:5::3', mask: '64' }],
  hwAddr: '02:42:20:6f:a3:70',
  mtu: 9000,
};

beforeAll(async () => {
  host = await Host.create();
  await host.sh(`
    ip link add br0 type bridge; ip link set br0 up
    ip address add 172.16.0.1/16 dev br0
    ip link add br1 type bridge; ip link set br1 mtu 9000 up
    ip address add 2001:db8:5::1/64 dev br1 nodad
    ip tuntap add dev tap-test mode tap multi_queue vnet_hdr
    ip link set tap-test alias 'a port of somebody' master br0 up`);
  adopted = await host.sh('ip -d -j link show dev tap-test');
  await succeeds(host, 'add-iface', sandbox, documented);
  await succeeds(host, 'add-iface', sandbox, own);
  await host.sh('ip link set tap-own master br1');
  await succeeds(host, 'add-route', sandbox, { dest: 'default', gateway: '172.16.0.1', device: 'eth-test' });
  await succeeds(host, 'add-route', sandbox, [
    { dest: '172.17.10.10/24', gateway: '', device: 'eth-test' },
    { dest: '198.51.100.7', gateway: '203.0.113.1', device: 'eth-test' },
    { dest: 'default', gateway: '2001:db8:5::1', device: 'eth-own' },
  ]);
  guest = await bootFromFile({ host, file: inFile });
});

afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

test('has the interfaces with their addresses, MACs and MTUs', async () => {
  const links = JSON.parse(await guest.text('ip -j address show')) as { ifname: string }[];
  const named = (name: string) => links.find(({ ifname }) => ifname === name);
  expect(named('eth-test')).toMatchObject({
    address: documented.hwAddr,
    mtu: 1500,
    operstate: 'UP',
    addr_info: [{ local: '172.16.0.3', prefixlen: 16 }, { scope: 'link' }],
  });
  expect(named('eth-own')).toMatchObject({
    address: own.hwAddr,
    mtu: 9000,
    addr_info: [{ local: '2001:db8:5::3', prefixlen: 64 }, { scope: 'link' }],
  });
});

test('has the connected route of the document, and the routes that were added', async () => {
  const routes = (await guest.text('ip route')).split('\n').map((line) => line.trim());
  expect(routes).toEqual([
    'default via 172.16.0.1 dev eth-test',
    '172.16.0.0/16 dev eth-test proto kernel scope link src 172.16.0.3',
    '172.17.10.0/24 dev eth-test scope link',
    '198.51.100.7 via 203.0.113.1 dev eth-test onlink',
  ]);
  expect(await guest.text('ip -6 route show default')).toContain('default via 2001:db8:5::1 dev eth-own');
});

test('is reached both ways, with frames as large as its MTU', async () => {
  await guest.text('ping -c 1 -W 5 -s 1472 172.16.0.1');
  await guest.text('ping -c 1 -W 5 -s 8900 2001:db8:5::1');
  await host.sh('ping -c 1 -W 5 172.16.0.3');
});

test('is left by del-iface with the tap of somebody else as it was, and nothing else', async () => {
  await guest[Symbol.asyncDispose]();
  for (const name of ['eth-test', 'eth-own']) await succeeds(host, 'del-iface', sandbox, { name });
  expect(await belongings(host)).toBe('lo\nbr0\nbr1\ntap-test');
  // The guest determines the carrier.
  const [before, after] = [adopted, await host.sh('ip -d -j link show dev tap-test')].map((json) => {
    const [link] = JSON.parse(json) as Record<string, unknown>[];
    return {
      ...link,
      linkinfo: { ...(link?.['linkinfo'] as object), info_slave_data: undefined },
      operstate: '',
      flags: [],
      qdisc: '',
    };
  });
  expect(after).toEqual(before);
});
