import { afterAll, beforeAll, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { eventually } from '../harness/eventually.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { leaveSocket, withListener } from '../vhost-user/bind-socket.ts';
import { belongings, interfaceNamed, kataNetwork, succeeds } from './command.ts';

let host: Host;

beforeAll(async () => {
  host = await Host.create();
  await makeBridge(host);
  await host.sh(`
    ip link add veth0 type veth peer name veth1
    ip link property add dev veth0 altname veth0-altname
    ip tuntap add dev single mode tap vnet_hdr
    ip tuntap add dev multiple mode tap multi_queue
    ip tuntap add dev tun0 mode tun`);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

/** The state of the links, except for attributes that change by themselves. */
async function looks(): Promise<string> {
  const links = JSON.parse(await host.sh('ip -j link show')) as Record<string, unknown>[];
  return links
    .map((link) =>
      JSON.stringify(['ifname', 'address', 'mtu', 'master', 'ifalias', 'altnames'].map((key) => link[key])),
    )
    .join('\n');
}

/** Adds an interface that must be refused, and expects no change. */
async function refused(iface: object, error: string, why: string, sandbox = 'sandbox-1'): Promise<void> {
  const snapshot = async (): Promise<string> => `${await belongings(host)}\n${await looks()}`;
  const before = await snapshot();
  const { exitCode, stdout, stderr } = await kataNetwork(host, 'add-iface', sandbox, iface);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'null\n' });
  expect(stderr).toContain(why);
  expect(stderr).toContain(`[${error}]`);
  expect(await snapshot()).toBe(before);
}

const on = (device: string, changes: object = {}): object => interfaceNamed('eth1', { device, ...changes });

test.each([
  ['veth0', {}, 'is a veth, and no tap'],
  ['veth0-altname', {}, 'is only another name of veth0'],
  ['br0', {}, 'is a bridge, and no tap'],
  ['lo', {}, 'and no tap'],
  ['tun0', {}, 'is a tun, and no tap'],
  ['single', { queues: 2 }, 'is not multi-queue, and "queues" is 2'],
  ['multiple', { queues: 1 }, 'is multi-queue, and "queues" is 1'],
  ['multiple', {}, 'is multi-queue, and "queues" is 1'],
])('%s with %j is no tap for the sandbox', async (device, changes, why) => {
  await refused(on(device, changes), 'device-unusable', why);
});

test('a tap that a program has open is none, nor one that goes with its program', async () => {
  await host.sh('ip tuntap add dev held mode tap vnet_hdr');
  for (const [name, why] of [
    ['held', 'is open in the process'],
    // QEMU creates a tap that is missing.
    ['passing', 'goes away with the program'],
  ] as const) {
    const netdev = `tap,id=net0,ifname=${name},script=no,downscript=no,vhost=off`;
    const quiet = ['-machine', 'none', '-nodefaults', '-display', 'none', '-monitor', 'stdio'];
    const program = host.spawn('qemu-system-x86_64', [...quiet, '-netdev', netdev], { stdin: 'pipe', reject: false });
    await eventually(`${name} to be open`, async () => {
      const { stdout } = await host.run('sh', ['-c', 'grep -hs "^iff:" /proc/[0-9]*/fdinfo/*']);
      return stdout.includes(`iff:\t${name}\n`) || undefined;
    });
    await refused(on(name), 'device-unusable', why);
    program.stdin.end('quit\n');
    await program;
  }
  // The program has ended, and the persistent tap stays.
  await succeeds(host, 'add-iface', 'sandbox-1', on('held'));
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
  await host.sh('ip link show dev held; ip link del dev held; ! ip link show dev passing 2>/dev/null');
});

test('a device is one sandbox’s: whether dan made it, or it was there, or CNI’s has it', async () => {
  const netns = await host.podNetns('pod');
  const { json } = await callPlugin(host, { command: 'ADD', config: networkConfig(), sandbox: 'of-cni', netns });
  const [{ name: ofCni }] = json['interfaces'] as [{ name: string }];
  await refused(on(ofCni), 'device-unusable', 'made for sandbox of-cni ("eth0" of "kata-net")');
  await callPlugin(host, { command: 'DEL', config: networkConfig(), sandbox: 'of-cni', netns });

  for (const device of ['single', 'made']) {
    await succeeds(host, 'add-iface', 'sandbox-1', on(device));
    await refused(on(device), 'device-unusable', device, 'sandbox-2');
    await refused(interfaceNamed('eth2', { device }), 'device-unusable', device);
    await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
  }
  await host.sh('ip link show dev single; ! ip link show dev made 2>/dev/null');
});

test('a tap of somebody else is not changed, and the operator is told what does not fit', async () => {
  await host.sh('ip link set single mtu 1400');
  const { stderr } = await kataNetwork(host, 'add-iface', 'sandbox-1', on('single'));
  expect(stderr).toContain('has the MTU 1400');
  expect(stderr).toContain('is down');
  await expect(host.sh('ip link show dev single')).resolves.toMatch(/<BROADCAST,MULTICAST> mtu 1400/);
  await expect(host.sh('ip link show dev single')).resolves.not.toContain('altname');
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
});

test('a tap that dan makes is complete, and root’s', async () => {
  await succeeds(host, 'add-iface', 'sandbox-1', interfaceNamed('eth1', { device: 'made', mtu: 9600, queues: 4 }));
  const [link] = JSON.parse(await host.sh('ip -d -j link show dev made')) as [Record<string, unknown>];
  expect(link).toMatchObject({
    mtu: 9600,
    ifalias: 'dan:@kata-network:sandbox-1:eth1',
    altnames: [expect.stringMatching(/^dan-[0-9a-f]{40}$/)],
    linkinfo: { info_data: { multi_queue: true, vnet_hdr: true, persist: true, user: 'root' } },
  });
  expect(link['flags']).toContain('UP');
  await expect(host.sh('cat /proc/sys/net/ipv6/conf/made/disable_ipv6')).resolves.toBe('1');
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
});

test.each([68, 1279, 1280, 9600])('a tap that dan makes may have the MTU %i', async (mtu) => {
  await succeeds(host, 'add-iface', 'sandbox-1', interfaceNamed('eth1', { device: 'made', mtu }));
  const [link] = JSON.parse(await host.sh('ip -j address show dev made')) as [object];
  expect(link).toMatchObject({ mtu, addr_info: [] });
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
});

test('what a sandbox has is refused a second time, and each limit of the other kind', async () => {
  await succeeds(host, 'add-iface', 'sandbox-1', interfaceNamed('eth1'));
  await refused(interfaceNamed('eth1', { device: 'other' }), 'attachment-exists', 'has the interface "eth1" already');
  await refused(interfaceNamed('eth2', { hwAddr: '02:42:20:6F:A4:01' }), 'duplicate-in-sandbox', 'the MAC');
  await refused(
    interfaceNamed('eth2', { IPAddresses: [{ address: '10.1.0.3', mask: '8' }] }),
    'duplicate-in-sandbox',
    'the address',
  );
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
});

test('a socket is where nothing is, and one sandbox’s', async () => {
  const socket = (path: string, changes: object = {}): object =>
    interfaceNamed('eth1', { vhostUserSocket: path, ...changes });
  await refused(socket('/run/nowhere/vhost1'), 'socket-path-unusable', 'a directory that does not exist');
  await refused(socket('/run/vhost1', { mtu: 1501 }), 'not-carried-by-profile', 'announces 1500');
  await leaveSocket(host, '/run/stale');
  await refused(socket('/run/stale'), 'socket-path-unusable', 'nobody listens on');
  await withListener(host, '/run/live', async () => {
    await refused(socket('/run/live'), 'socket-path-unusable', 'somebody listens on already');
  });
  await succeeds(host, 'add-iface', 'sandbox-1', socket('/run/vhost1', { mtu: 1500 }));
  await refused(socket('/run/vhost1', { device: 'other' }), 'socket-path-unusable', 'serves one sandbox', 'sandbox-2');
  await refused(socket('/run/vhost2'), 'device-unusable', 'a device serves one sandbox', 'sandbox-2');
  // What a virtual machine left does not prevent anything.
  await leaveSocket(host, '/run/vhost1');
  await succeeds(host, 'del-iface', 'sandbox-1', { name: 'eth1' });
  await host.sh('[ ! -e /run/vhost1 ]');
});
