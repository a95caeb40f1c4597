import { existsSync, readFileSync } from 'node:fs';
import type { ResultPromise } from 'execa';
import { expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { connectGuest, shellSocket } from '../guest/shell.ts';
import { sendToGuest, sendToHost } from '../guest/transfer.ts';
import { Host } from '../harness/host.ts';
import { bootFromFile } from './boot-from-file.ts';
import { openTapAs } from './open-tap-as.ts';

const file = '/run/kata-containers/dans/sandbox.json';
const program = `${import.meta.dirname}/main.ts`;

/** Starts the program inside a host, as a container runtime would, and waits until it is ready. */
async function start(host: Host, sockets: string): Promise<{ pid: string; ended: ResultPromise }> {
  // A shell prints its process id there first.
  const args = ['-c', 'echo $$; exec "$@"', 'sh', process.execPath, program, file, sockets];
  const ended = host.spawn('sh', args, { reject: false, stdin: 'ignore' });
  let printed = '';
  const ready = new Promise<'ready'>((resolve) => {
    ended.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.endsWith('\nready\n')) resolve('ready');
    });
  });
  const first = await Promise.race([ready, ended]);
  if (first !== 'ready') throw new Error(`the program ended before it was ready: ${String(first.stderr)}`);
  return { pid: printed.split('\n')[0]!, ended };
}

/** A host with a bridge that has addresses of both families and, on it, one tap for each given set of flags. */
async function bridged(...taps: readonly string[]): Promise<Host> {
  const host = await Host.create();
  const make = taps.map((flags, index) => {
    const tap = `tap${index}`;
    return `ip tuntap add dev ${tap} mode tap ${flags}; ip link set ${tap} mtu 9000 master br0 up`;
  });
  await host.sh(`
    ip link add br0 type bridge
    ip link set br0 up
    ip address add 192.0.2.1/24 dev br0
    ip address add 2001:db8::1/64 dev br0 nodad
    ${make.join('\n')}`);
  return host;
}

interface Info {
  readonly mtu?: number;
  readonly routes?: readonly object[];
  readonly neighbors?: readonly object[];
}

function device(name: string, tap: string, addresses: readonly string[], info: Info = {}, queuePairs = 1): object {
  const { mtu = 1500, routes = [], neighbors = [] } = info;
  return {
    name,
    guest_mac: `02:00:00:00:00:0${tap.at(-1) ?? ''}`,
    device: { type: 'host-tap', tap_name: tap, queue_num: queuePairs },
    network_info: { interface: { ip_addresses: addresses, mtu, ntype: 'tuntap', flags: 0 }, routes, neighbors },
  };
}

async function write(host: Host, ...devices: readonly object[]): Promise<void> {
  const input = JSON.stringify({ netns: null, devices });
  await host.run('sh', ['-ec', `mkdir -p "$(dirname ${file})"; cat >${file}`], { input });
}

async function query(guest: Guest, command: string): Promise<unknown> {
  return JSON.parse(await guest.text(`ip -details -json ${command}`));
}

test('a guest has what its file says, and is reached both ways over both families', async () => {
  await using host = await bridged('vnet_hdr');
  const info = {
    mtu: 1450,
    routes: [
      { dest: '0.0.0.0/0', gateway: '192.0.2.1' },
      { dest: '::/0', gateway: '2001:db8::1' },
      { dest: '198.51.100.0/24', gateway: '203.0.113.1', flags: 4, mtu: 1300, source: '192.0.2.10/0' },
      { dest: '203.0.113.0/24', gateway: '', scope: 253 },
    ],
    neighbors: [
      { ip_address: '192.0.2.77/32', hardware_addr: '02:00:00:00:00:77', state: 128 },
      { ip_address: '2001:db8::77/128', hardware_addr: '02:00:00:00:00:77', state: 128 },
    ],
  };
  await write(host, device('net1', 'tap0', ['192.0.2.10/24', '2001:db8::10/64'], info));
  await using guest = await bootFromFile({ host, file });

  const [link] = (await query(guest, 'address show dev net1')) as [{ addr_info: object[] }];
  expect(link).toMatchObject({ address: '02:00:00:00:00:00', mtu: 1450, operstate: 'UP' });
  expect(link.addr_info).toMatchObject([
    { local: '192.0.2.10', prefixlen: 24 },
    { local: '2001:db8::10', prefixlen: 64 },
    { scope: 'link' },
  ]);
  expect(link.addr_info).not.toContainEqual(expect.objectContaining({ tentative: true }));
  expect(await query(guest, '-4 route')).toMatchObject([
    { dst: 'default', gateway: '192.0.2.1', dev: 'net1' },
    { dst: '192.0.2.0/24', protocol: 'kernel' },
    {
      dst: '198.51.100.0/24',
      gateway: '203.0.113.1',
      prefsrc: '192.0.2.10',
      flags: ['onlink'],
      metrics: [{ mtu: 1300 }],
    },
    { dst: '203.0.113.0/24', scope: 'link', dev: 'net1' },
  ]);
  expect(await query(guest, '-6 route show default')).toMatchObject([{ gateway: '2001:db8::1', dev: 'net1' }]);
  const neighbors = await query(guest, 'neighbor show nud permanent');
  expect(neighbors).toHaveLength(2);
  for (const dst of ['192.0.2.77', '2001:db8::77']) {
    expect(neighbors).toContainEqual({ dst, dev: 'net1', lladdr: '02:00:00:00:00:77', state: ['PERMANENT'] });
  }

  await host.sh('ping -c 2 -i 0.2 -W 5 192.0.2.10; ping -c 2 -i 0.2 -W 5 2001:db8::10');
  await host.sh('ping -c 1 -W 5 -M do -s 1422 192.0.2.10');
  await guest.text('ping -c 2 -W 5 192.0.2.1 && ping -c 2 -W 5 2001:db8::1');
});

test('several devices keep their names apart, and two queue pairs are both in use', async () => {
  await using host = await bridged('vnet_hdr', 'vnet_hdr multi_queue');
  // The names are those of the guest's kernel, swapped.
  await write(
    host,
    device('eth1', 'tap0', ['192.0.2.10/24']),
    device('eth0', 'tap1', ['2001:db8::10/64'], { mtu: 9000 }, 2),
  );
  await using guest = await bootFromFile({ host, file });
  const links = await query(guest, 'link');
  expect(links).toHaveLength(3);
  // The guest's kernel may find them in any order.
  for (const link of [
    { ifname: 'lo' },
    { ifname: 'eth1', address: '02:00:00:00:00:00', mtu: 1500 },
    { ifname: 'eth0', address: '02:00:00:00:00:01', mtu: 9000 },
  ]) {
    expect(links).toContainEqual(expect.objectContaining(link));
  }
  expect(await guest.text('ls -d /sys/class/net/eth?/queues/rx-*')).toBe(
    ['eth0/queues/rx-0', 'eth0/queues/rx-1', 'eth1/queues/rx-0'].map((path) => `/sys/class/net/${path}`).join('\n'),
  );
  expect(JSON.parse(await host.sh('ip -details -json link show dev tap1'))).toMatchObject([
    { linkinfo: { info_data: { multi_queue: true, numqueues: 2 } } },
  ]);
  await host.sh('ping -c 2 -i 0.2 -W 5 192.0.2.10; ping -c 2 -i 0.2 -W 5 2001:db8::10');
});

test('16 MiB cross a tap unharmed in either direction, over both families', async () => {
  await using host = await bridged('vnet_hdr');
  await write(host, device('eth0', 'tap0', ['192.0.2.10/24', '2001:db8::10/64'], { mtu: 9000 }));
  await using guest = await bootFromFile({ host, file });
  const ways = [
    ['192.0.2.10', '192.0.2.1', 16],
    ['2001:db8::10', '2001:db8::1', 8],
  ] as const;
  for (const [guestAddress, hostAddress, mebibytes] of ways) {
    const toGuest = await sendToGuest(host, guest, guestAddress, mebibytes);
    expect(toGuest.received).toBe(toGuest.sent);
    const toHost = await sendToHost(host, guest, hostAddress, mebibytes);
    expect(toHost.received).toBe(toHost.sent);
  }
});

test('a tap that is not in the host is refused, and not made', async () => {
  await using host = await bridged('');
  await host.sh('ip link property add dev tap0 altname another9');
  for (const tap of ['tap9', 'another9']) {
    await write(host, device('eth0', 'tap0', []), device('eth1', tap, []));
    await expect(bootFromFile({ host, file })).rejects.toThrow(`tap ${tap} is not in the host's network namespace`);
  }
  expect(await host.sh('ip -oneline link show type tun | cut -d " " -f 2; pgrep qemu || echo none')).toBe(
    'tap0:\nnone',
  );
});

test('a tap in the wrong queue mode is refused, either way, and nothing is left', async () => {
  await using host = await bridged('', 'multi_queue');
  for (const one of [device('eth0', 'tap0', [], {}, 2), device('eth0', 'tap1', [])]) {
    await write(host, one);
    await expect(bootFromFile({ host, file })).rejects.toThrow(
      /cannot open tap tap\d with \d queue pair.*Invalid argument/s,
    );
  }
  expect(await host.sh(`ls ${host.directory}; pgrep qemu || echo none`)).toBe('none');
});

test('what the guest kernel or the agent refuses fails the guest', async () => {
  await using host = await bridged('');
  const refusals: [Info, RegExp][] = [
    [
      { routes: [{ dest: '198.51.100.0/24', gateway: '203.0.113.1' }] },
      /refuses, for eth0 on tap tap0: .*203\.0\.113\.1.*invalid gateway/s,
    ],
    [{ routes: [{ dest: '198.51.100.1/24', gateway: '192.0.2.1' }] }, /ip route replace 198\.51\.100\.1\/24/],
    [{ mtu: 60 }, /mtu less than device minimum/],
    [
      { neighbors: [{ ip_address: '192.0.2.77', hardware_addr: '02:00:00:00:00:77', state: 128 }] },
      /agent fails over .*the neighbor comes without an address/,
    ],
  ];
  for (const [info, reason] of refusals) {
    await write(host, device('eth0', 'tap0', ['192.0.2.10/24'], info));
    await expect(bootFromFile({ host, file })).rejects.toThrow(reason);
  }
  await write(host, device('eth0', 'tap0', ['2001:db8::1/64']));
  await expect(bootFromFile({ host, file })).rejects.toThrow(/duplicate address: .*2001:db8::1/s);
});

test('the program boots a guest that others can look into, until SIGTERM', async () => {
  await using host = await bridged('vnet_hdr');
  await write(host, device('eth0', 'tap0', ['192.0.2.10/24']));
  const sockets = `${host.directory}/sandbox`;
  const { pid, ended } = await start(host, sockets);
  {
    using shell = await connectGuest(shellSocket(sockets));
    expect(await shell.text('ip -brief -4 address show dev eth0')).toContain('192.0.2.10/24');
  }
  await host.sh(`ping -c 1 -W 5 192.0.2.10; kill ${pid}`);
  expect((await ended).exitCode).toBe(0);
  expect(existsSync(sockets)).toBe(false);
  expect(await host.sh('pgrep qemu || echo none')).toBe('none');
});

test('the program takes its guest along when it is killed, and says why when it refuses', async () => {
  await using host = await bridged('vnet_hdr');
  await write(host, device('eth0', 'tap0', []));
  const { pid, ended } = await start(host, `${host.directory}/sandbox`);
  await host.sh(`kill -KILL ${pid}`);
  await ended;
  await host.sh('while ps -C qemu-system-x86_64 -o stat= | grep -qv Z; do sleep 0.1; done');

  await host.sh('ip link del tap0');
  const refused = await host.run(process.execPath, [program, file, `${host.directory}/another`]);
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^tap tap0 is not in the host's network namespace/);
});

// A user namespace may have no user except root.
const hasOtherUsers = readFileSync('/proc/self/uid_map', 'utf8').trim().endsWith(' 4294967295');

test.runIf(hasOtherUsers)('a tap opens for its owner and its group alone', async () => {
  await using host = await bridged('user 1000', 'user 0', 'group 2000 multi_queue');
  const refused = (reason: string): object => ({ opened: false, reason: expect.stringContaining(reason) as string });
  expect(await openTapAs(host, 1000, 1000, 'tap0')).toEqual({ opened: true });
  expect(await openTapAs(host, 1001, 1001, 'tap0')).toEqual(refused('Operation not permitted'));
  expect(await openTapAs(host, 1000, 1000, 'tap1')).toEqual(refused('Operation not permitted'));
  expect(await openTapAs(host, 1000, 2000, 'tap2', 2)).toEqual({ opened: true });
  expect(await openTapAs(host, 1000, 2000, 'tap2', 1)).toEqual(refused('Invalid argument'));
});
