import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, openAgent } from '../../src/agent/agent.ts';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { address, ip, mac, network } from '../../test/agent/scene.ts';
import { Guest } from '../guest/guest.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { standIn } from './stand-in.ts';

/** The bridge that Kata adds to a machine for devices that are plugged in later. */
const bridge =
  'pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m';

describe('a guest whose agent is the stand-in', () => {
  let host: Host;
  let guest: Guest;
  let server: FakeAgent;
  const opened: Agent[] = [];
  beforeAll(async () => {
    host = await Host.create();
    await host.sh(`
      ip link add br0 type bridge; ip link set br0 up
      ip address add 10.99.0.1/24 dev br0; ip address add fd00:99::1/64 dev br0 nodad; ip address add 10.0.0.1/24 dev br0
      for tap in tap0 tap1 tap2; do ip tuntap add $tap mode tap vnet_hdr; ip link set $tap master br0 up; done`);
    const first = ['-netdev', 'tap,id=first,ifname=tap0,script=no,downscript=no'];
    const card = ['-device', 'virtio-net-pci,netdev=first,mac=02:00:00:00:00:01'];
    guest = await Guest.boot({ host, ports: 0, qemuArgs: ['-device', bridge, ...first, ...card] });
    server = await FakeAgent.listen(join(host.directory, 'kata.hvsock'), standIn(guest));
  });
  afterAll(async () => {
    for (const one of opened) one.close();
    await server[Symbol.asyncDispose]();
    await guest[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const connect = async (): Promise<Agent> => {
    const agent = await openAgent(server.url, performance.now() + 30_000);
    opened.push(agent);
    return agent;
  };
  const plug = async (number: 1 | 2): Promise<void> => {
    const open = { type: 'tap', ifname: `tap${number}`, script: 'no', downscript: 'no' };
    await guest.qmp('netdev_add', { ...open, id: `netdev${number}` });
    const place = { bus: 'pci-bridge-0', addr: number === 1 ? '0x1e' : '0x1d' };
    const card = { driver: 'virtio-net-pci', netdev: `netdev${number}`, mac: `02:00:00:00:00:a${number}`, romfile: '' };
    await guest.qmp('device_add', { ...card, ...place, id: `card${number}` });
  };
  const unplug = async (number: 1 | 2): Promise<void> => {
    await guest.qmp('device_del', { id: `card${number}` });
    await eventually('the end of the card', async () => {
      const { exitCode } = await guest.sh(`! ip -brief link | grep -q 02:00:00:00:00:a${number}`);
      return exitCode === 0 || undefined;
    });
    await guest.qmp('netdev_del', { id: `netdev${number}` });
  };
  const one = { name: 'net1', mac: mac('02:00:00:00:00:a1'), mtu: 1400, devicePath: '02/1e' };
  const addresses = [address('10.99.0.2/24'), address('fd00:99::2/64')];

  it('has a card that was there from the start, in a slot of the root', async () => {
    const agent = await connect();
    const slot = await guest.text('readlink -f /sys/class/net/eth0/device | sed "s/.*:\\(..\\)\\.0.*/\\1/"');
    const first = { name: 'eth0', mac: mac('02:00:00:00:00:01'), mtu: 1500, addresses: [address('10.0.0.2/24')] };
    await agent.updateInterface({ ...first, devicePath: slot });
    await agent.updateRoutes('eth0', [{ dst: network('0.0.0.0/0'), gw: ip('10.0.0.1'), onlink: false }]);
    await guest.carries('eth0');
    expect(await guest.text('ping -c 1 -W 5 10.0.0.1')).toContain('1 packets received');
  });

  it('gets a card with addresses, routes and neighbors, and reaches what is behind it', async () => {
    const agent = await connect();
    await plug(1);
    // Immediately: the agent waits for the card.
    await agent.updateInterface({ ...one, addresses });
    await agent.updateRoutes('net1', [
      { dst: network('10.200.0.0/16'), gw: ip('10.99.0.1'), onlink: false },
      { dst: network('fd01::/64'), gw: ip('fd00:99::1'), onlink: false },
    ]);
    await agent.addNeighbors('net1', [{ ip: ip('10.99.0.9'), mac: mac('02:00:00:00:00:fe') }]);
    await guest.carries('net1');
    expect(await guest.text('ping -c 1 -W 5 10.99.0.1')).toContain('1 packets received');
    expect(await guest.text('ip route show 10.200.0.0/16; ip neighbor show nud permanent')).toBe(
      '10.200.0.0/16 via 10.99.0.1 dev net1 \n10.99.0.9 dev net1 lladdr 02:00:00:00:00:fe PERMANENT',
    );
    const net1 = (await agent.listInterfaces()).find(({ name }) => name === 'net1');
    expect(net1).toEqual({
      ...{ name: 'net1', mac: '02:00:00:00:00:a1', mtu: 1400 },
      addresses: ['10.99.0.2/24', 'fd00:99::2/64', expect.stringMatching(/^fe80::/)],
    });
    const none = { source: '', scope: 0, mtu: 0, device: 'net1' };
    expect((await agent.listRoutes()).filter(({ device }) => device === 'net1')).toEqual(
      expect.arrayContaining([
        { ...none, destination: '10.99.0.0/24', gateway: '', scope: 253 },
        { ...none, destination: '0.0.0.0', gateway: '10.99.0.1' },
        { ...none, destination: '::1', gateway: 'fd00:99::1' },
        { ...none, destination: 'fd00:99::/64', gateway: '' },
      ]),
    );
    await eventually('the IPv6 address', async () => {
      return (await guest.sh('ping -6 -c 1 -W 2 fd00:99::1')).exitCode === 0 || undefined;
    });
  });

  it('waits for a card that is plugged in later', async () => {
    const agent = await connect();
    const two = { name: 'net2', mac: mac('02:00:00:00:00:a2'), mtu: 1500, devicePath: '02/1d' };
    const begin = performance.now();
    const asked = agent.updateInterface({ ...two, addresses: [address('10.99.0.3/24')] });
    await delay(1500);
    await plug(2);
    await asked;
    expect(performance.now() - begin).toBeGreaterThan(1500);
    expect(await guest.text('ip -brief -4 address show dev net2')).toMatch(/10\.99\.0\.3\/24$/);
  });

  it('says after three seconds that there is no card at a place', async () => {
    const agent = await connect();
    const begin = performance.now();
    const three = { name: 'net3', mac: mac('02:00:00:00:00:a3'), mtu: 1500, devicePath: '02/1c', addresses: [] };
    await expect(agent.updateInterface(three)).rejects.toMatchObject({
      name: 'agent-failed',
      message: expect.stringContaining(
        '"interface not available: Timeout after 3s waiting for uevent NetPciMatcher { devpath: ' +
          '"/devices/pci0000:00/0000:00:02.0/0000:01:1c.0" }"',
      ),
    });
    expect(performance.now() - begin).toBeGreaterThan(3000);
    await expect(agent.updateInterface({ ...three, devicePath: '07/1c' })).rejects.toMatchObject({
      name: 'agent-failed',
      message: expect.stringContaining('element 0 (device 0000:00:07.0) under root /sys/devices/pci0000:00 Caused by:'),
    });
  });

  it('gets a card again in the same place, with what the first had', async () => {
    const agent = await connect();
    await unplug(1);
    expect(await guest.text('ip -brief address; ip route; ip -6 route')).not.toContain('net1');
    await plug(1);
    await agent.updateInterface({ ...one, addresses });
    await guest.carries('net1');
    expect(await guest.text('ping -c 1 -W 5 10.99.0.1')).toContain('1 packets received');
    await guest.carries('eth0');
    expect(await guest.text('ping -c 1 -W 5 10.0.0.1')).toContain('1 packets received');
  });

  it('refuses a route that its kernel refuses, in the words of the agent', async () => {
    const agent = await connect();
    const route = { dst: network('10.201.0.0/16'), gw: ip('10.222.0.1'), onlink: false };
    await expect(agent.updateRoutes('net1', [route])).rejects.toMatchObject({
      name: 'agent-failed',
      message: expect.stringContaining(
        '"Failed to update routes: Failed to add IP v4 route (src: , dst: 10.201.0.0/16, gtw: 10.222.0.1,Err: ',
      ),
    });
    await expect(agent.updateRoutes('net1', [{ ...route, onlink: true }])).resolves.toBeUndefined();
  });
});
