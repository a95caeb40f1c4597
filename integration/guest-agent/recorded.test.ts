import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { RawClient } from '../../test/agent/raw-client.ts';
import { Host } from '../harness/host.ts';
import { eventually } from '../harness/eventually.ts';
import { standIn } from './stand-in.ts';

// Asks the stand-in what Kata's agent was asked, in the same network: it must answer and do the same. The expectations
// were recorded from kata-agent 4.1.0, except for the times.

describe('a stand-in of the agent, asked what the real one was asked', () => {
  let host: Host;
  let agent: FakeAgent;
  let client: RawClient;
  beforeAll(async () => {
    host = await Host.create();
    await host.sh(`
      ip link add eth0 address 02:00:00:00:00:01 type veth peer name p0 address 4e:6a:0f:4e:48:a3
      ip link add ens1 address 02:00:00:00:00:aa type veth peer name p1 address ba:41:76:2b:20:f7
      ip link set p0 up; ip link set p1 up; ip link set eth0 up
      ip address add 10.0.0.2/24 dev eth0; ip route add default via 10.0.0.1`);
    const shell = {
      sh: async (script: string) => {
        const { exitCode, stdout, stderr } = await host.run('sh', ['-c', script]);
        return { exitCode, output: stdout + stderr };
      },
    };
    const path = join(host.directory, 'agent.sock');
    agent = await FakeAgent.listen(path, standIn(shell));
    client = await RawClient.connect(path);
  });
  afterAll(async () => {
    client.close();
    await agent[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const update = (name: string, hwAddr: string, mtu: number, addresses: readonly string[], devicePath = '') =>
    client.call('UpdateInterface', {
      interface: {
        ...{ device: name, name, hwAddr, mtu, devicePath },
        IPAddresses: addresses.map((one) => {
          const [address, mask] = one.split('/');
          return { family: one.includes(':') ? 1 : 0, address, mask };
        }),
      },
    });
  const routes = async (...Routes: readonly object[]): Promise<readonly string[]> =>
    told(await client.call('UpdateRoutes', { routes: { Routes } }));
  /** One line for each route; the kernel's own link-local routes appear at any time. */
  const told = (answer: object): readonly string[] =>
    (answer as { Routes: Record<'dest' | 'gateway' | 'device' | 'scope', string>[] }).Routes.map(
      ({ dest, gateway, device, scope }) => `${dest} ${gateway} ${device} ${scope}`,
    ).filter((line) => !line.startsWith('fe80::'));
  const print = (command: string): Promise<readonly string[]> =>
    host.sh(command).then((text) => text.split('\n').map((line) => line.trim().replace(/ +/g, ' ')));
  const up = 'ip -brief address show type veth up | grep -v "^p" || true';
  const settled = (lines: readonly string[]): Promise<unknown> =>
    eventually(`${lines.join(', ')} of ${up}`, async () => {
      const seen = await print(up);
      return JSON.stringify(seen) === JSON.stringify(lines) ? seen : Promise.reject(new Error(seen.join(', ')));
    });

  it('lists interfaces: MACs in upper case, families the wrong way round', async () => {
    await settled(['eth0@p0 UP 10.0.0.2/24 fe80::ff:fe00:1/64']);
    const { Interfaces } = (await client.call('ListInterfaces', {})) as { Interfaces: Record<string, unknown>[] };
    const [lo, , eth0, , ens1] = Interfaces;
    expect(Interfaces.map(({ name }) => name)).toEqual(['lo', 'p0', 'eth0', 'p1', 'ens1']);
    expect(lo).toMatchObject({
      ...{ hwAddr: '00:00:00:00:00:00', mtu: 65536 },
      IPAddresses: [
        { family: 1, address: '127.0.0.1', mask: '8' },
        { family: 0, address: '::1', mask: '128' },
      ],
    });
    expect(eth0).toMatchObject({ hwAddr: '02:00:00:00:00:01', mtu: 1500 });
    expect(ens1).toMatchObject({ hwAddr: '02:00:00:00:00:AA', mtu: 1500, IPAddresses: [] });
  });

  it('lists routes: one with a gateway has the destination 0.0.0.0', async () => {
    expect(told(await client.call('ListRoutes', {}))).toEqual(['0.0.0.0 10.0.0.1 eth0 0', '10.0.0.0/24  eth0 253']);
  });

  it('configures a card by its MAC: name, MTU, addresses, route, neighbor', async () => {
    const addresses = ['10.99.0.2/24', 'fd00:99::2/64'];
    expect(await update('net1', '02:00:00:00:00:aa', 1400, addresses)).toMatchObject({
      ...{ name: 'net1', hwAddr: '02:00:00:00:00:aa', mtu: 1400 },
      IPAddresses: [{ address: '10.99.0.2' }, { address: 'fd00:99::2' }],
    });
    expect(await routes({ dest: '10.200.0.0/16', gateway: '10.99.0.1', device: 'net1' })).toEqual([
      '0.0.0.0 10.0.0.1 eth0 0',
      '10.0.0.0/24  eth0 253',
      '10.99.0.0/24  net1 253',
      '0.0.0.0 10.99.0.1 net1 0',
      'fd00:99::/64  net1 0',
    ]);
    const neighbor = { toIPAddress: { address: '10.99.0.1' }, device: 'net1', lladdr: '02:00:00:00:00:fe', state: 128 };
    expect(await client.call('AddARPNeighbors', { neighbors: { ARPNeighbors: [neighbor] } })).toEqual({});
    await settled([
      'eth0@p0 UP 10.0.0.2/24 fe80::ff:fe00:1/64',
      'net1@p1 UP 10.99.0.2/24 fd00:99::2/64 fe80::ff:fe00:aa/64',
    ]);
    expect(await print('ip route; ip neighbor show nud permanent')).toEqual([
      'default via 10.0.0.1 dev eth0',
      '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2',
      '10.99.0.0/24 dev net1 proto kernel scope link src 10.99.0.2',
      '10.200.0.0/16 via 10.99.0.1 dev net1',
      '10.99.0.1 dev net1 lladdr 02:00:00:00:00:fe PERMANENT',
    ]);
  });

  it('takes the link down a second time: IPv6 addresses and routes are lost, IPv4 addresses stay', async () => {
    await update('net1', '02:00:00:00:00:aa', 1400, ['10.99.0.3/24']);
    await settled([
      'eth0@p0 UP 10.0.0.2/24 fe80::ff:fe00:1/64',
      'net1@p1 UP 10.99.0.2/24 10.99.0.3/24 fe80::ff:fe00:aa/64',
    ]);
    expect(await print('ip route')).toEqual([
      'default via 10.0.0.1 dev eth0',
      '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2',
      '10.99.0.0/24 dev net1 proto kernel scope link src 10.99.0.2',
    ]);
  });

  it('adds routes, and removes none that a list leaves out', async () => {
    expect(await routes({ dest: '10.201.0.0/16', gateway: '10.99.0.1', device: 'net1' })).toEqual([
      '0.0.0.0 10.0.0.1 eth0 0',
      '10.0.0.0/24  eth0 253',
      '10.99.0.0/24  net1 253',
      '0.0.0.0 10.99.0.1 net1 0',
    ]);
  });

  it('gives a name that is taken, and leaves the other one down, with the name of this one', async () => {
    await update('eth0', '02:00:00:00:00:aa', 1500, []);
    await settled(['eth0@p1 UP 10.99.0.2/24 10.99.0.3/24 fe80::ff:fe00:aa/64']);
    expect(await print('ip -brief address show dev net1; ip route')).toEqual([
      'net1@p0 DOWN 10.0.0.2/24',
      '10.99.0.0/24 dev eth0 proto kernel scope link src 10.99.0.2',
    ]);
  });

  it('sets both up where the other one was down', async () => {
    await update('net1', '02:00:00:00:00:aa', 1500, []);
    await settled([
      'eth0@p0 UP 10.0.0.2/24 fe80::ff:fe00:1/64',
      'net1@p1 UP 10.99.0.2/24 10.99.0.3/24 fe80::ff:fe00:aa/64',
    ]);
  });

  it('gives a MAC that nobody has to whoever has the name', async () => {
    await host.sh('ip route add default via 10.0.0.1');
    await update('eth0', '02:00:00:00:00:bb', 1500, ['10.77.0.2/24']);
    await settled([
      'eth0@p0 UP 10.0.0.2/24 10.77.0.2/24 fe80::ff:fe00:bb/64',
      'net1@p1 UP 10.99.0.2/24 10.99.0.3/24 fe80::ff:fe00:aa/64',
    ]);
    expect(await print('ip route')).toEqual([
      '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2',
      '10.77.0.0/24 dev eth0 proto kernel scope link src 10.77.0.2',
      '10.99.0.0/24 dev net1 proto kernel scope link src 10.99.0.2',
    ]);
  });

  it('has no interface with a MAC and a name that nobody has', async () => {
    await expect(update('net9', '02:00:00:00:00:cc', 1500, [])).rejects.toThrow(
      'ERROR 13: update interface: Received a netlink error message No such device (os error 19)\n\nStack backtrace:\n   0:',
    );
  });

  it('has no interface at a place of PCI where nothing is', async () => {
    await expect(update('net9', '02:00:00:00:00:cc', 1500, [], '02/1e')).rejects.toThrow(
      'ERROR 13: interface not available: failed to resolve next bus for PCI path element 0 (device 0000:00:02.0) under ' +
        'root /sys/devices/pci0000:00\n\nCaused by:\n    0: bridge "/sys/devices/pci0000:00/0000:00:02.0" has no pci_bus ' +
        'directory; fallback to child device scan failed\n    1: failed to infer downstream',
    );
  });

  it('serves three clients at once', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(join(host.directory, 'agent.sock'))));
    const lists = await Promise.all(clients.map((one) => one.call('ListInterfaces', {})));
    expect(new Set(lists.map((list) => JSON.stringify(list))).size).toBe(1);
    for (const one of clients) one.close();
  });

  it('refuses what its policy blocks, in the words of the policy', async () => {
    agent.manners = standIn({ sh: () => Promise.reject(new Error('nothing is done')) }, { blocked: ['ListRoutes'] });
    await expect(client.call('ListRoutes', {})).rejects.toThrow('ERROR 7: ListRoutesRequest is blocked by policy: []');
  });
});
