import { describe, expect, it } from 'vitest';
import type { FakeAgent } from './fake-agent.ts';
import { eachTest, ip, mac, network, nic, type Scene } from './scene.ts';

let agent: FakeAgent;
let open: Scene['open'];
eachTest((scene) => {
  ({ agent, open } = scene);
});

describe('what the agent is asked', () => {
  it('a card by its place, with addresses of both families', async () => {
    await (await open()).updateInterface(nic);
    expect(agent.calls).toEqual([
      {
        stream: 1,
        method: 'UpdateInterface',
        timeout: expect.any(Number),
        asked: {
          interface: {
            ...{ device: 'net1', name: 'net1', mtu: 1400, hwAddr: '02:00:00:00:00:a1', devicePath: '02/1e' },
            ...{ type: '', raw_flags: 0 },
            IPAddresses: [
              { family: 0, address: '10.99.0.2', mask: '24' },
              { family: 1, address: 'fd00:99::2', mask: '64' },
            ],
          },
        },
      },
    ]);
  });

  it('a card that asks nobody for a MAC', async () => {
    await (await open()).updateInterface({ ...nic, noArp: true });
    expect(agent.calls[0]?.asked).toMatchObject({ interface: { raw_flags: 0x80 } });
  });

  it('routes with all that a route has, over one connection', async () => {
    const guest = await open();
    await guest.updateRoutes('net1', [
      { dst: network('0.0.0.0/0'), gw: ip('10.99.0.1'), onlink: false, source: ip('10.99.0.2'), mtu: 1300 },
    ]);
    await guest.updateRoutes('net1', [
      { dst: network('fd01::/64'), onlink: true, gw: ip('fe80::1') },
      { dst: network('10.3.0.0/16'), onlink: false, scope: 253 },
    ]);
    const none = { gateway: '', source: '', scope: 0, family: 0, flags: 0, mtu: 0, device: 'net1' };
    expect(agent.calls.map(({ asked }) => asked)).toEqual([
      {
        routes: {
          Routes: [{ ...none, dest: '0.0.0.0/0', gateway: '10.99.0.1', source: '10.99.0.2/0', mtu: 1300 }],
        },
      },
      {
        routes: {
          Routes: [
            { ...none, dest: 'fd01::/64', gateway: 'fe80::1', family: 1, flags: 4 },
            { ...none, dest: '10.3.0.0/16', scope: 253 },
          ],
        },
      },
    ]);
    expect(agent.open.size).toBe(1);
    // The client uses the odd numbers.
    expect(agent.calls.map(({ stream }) => stream)).toEqual([1, 3]);
  });

  it('neighbors as a policy of genpolicy lets them pass: permanent, and without a mask', async () => {
    await (await open()).addNeighbors('net1', [{ ip: ip('10.99.0.9'), prefix: 32, mac: mac('02:00:00:00:00:fe') }]);
    expect(agent.calls[0]?.asked).toEqual({
      neighbors: {
        ARPNeighbors: [
          {
            toIPAddress: { family: 0, address: '10.99.0.9', mask: '' },
            ...{ device: 'net1', lladdr: '02:00:00:00:00:fe', state: 128, flags: 0 },
          },
        ],
      },
    });
  });

  it('nothing where there is no route and no neighbor', async () => {
    const guest = await open();
    await guest.updateRoutes('net1', []);
    await guest.addNeighbors('net1', []);
    expect(agent.calls).toEqual([]);
  });

  it('to be done within the time that is left', async () => {
    await (await open(4000)).listRoutes();
    const timeout = agent.calls[0]?.timeout;
    expect(timeout).toBeGreaterThan(1e9);
    expect(timeout).toBeLessThanOrEqual(4e9);
  });
});

describe('what the agent answers', () => {
  it('interfaces, whose families it says the wrong way round', async () => {
    agent.manners = {
      ListInterfaces: {
        answer: {
          Interfaces: [
            {
              ...{ name: 'eth0', hwAddr: '02:00:00:00:00:AA', mtu: 1500 },
              IPAddresses: [
                { family: 1, address: '10.0.0.2', mask: '24' },
                { family: 0, address: 'FE80::1', mask: '64' },
              ],
            },
            { name: 'ens1', hwAddr: '02:00:00:00:00:ab', mtu: 1500 },
          ],
        },
      },
    };
    expect(await (await open()).listInterfaces()).toEqual([
      { name: 'eth0', mac: '02:00:00:00:00:aa', mtu: 1500, addresses: ['10.0.0.2/24', 'fe80::1/64'] },
      { name: 'ens1', mac: '02:00:00:00:00:ab', mtu: 1500, addresses: [] },
    ]);
  });

  it('routes, and a list longer than a socket takes at once', async () => {
    const Routes = Array.from({ length: 5000 }, (_, at) => ({
      ...{ dest: `10.${at >> 8}.${at & 255}.0/24`, device: 'eth0', scope: 253, source: '10.0.0.1/32' },
    }));
    Routes.push({ dest: '0.0.0.0', gateway: '10.0.0.1', device: 'eth0', mtu: 1400 } as never);
    agent.manners = { ListRoutes: { answer: { Routes } } };
    const list = await (await open()).listRoutes();
    expect(list).toHaveLength(5001);
    expect(list.at(-1)).toEqual({
      ...{ destination: '0.0.0.0', gateway: '10.0.0.1', device: 'eth0', source: '', scope: 0, mtu: 1400 },
    });
  });
});
