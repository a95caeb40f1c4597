import { afterEach, beforeEach, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin, executable } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { belongings, interfaceNamed, kataNetwork, succeeds } from './command.ts';

let host: Host;
let before: string;

beforeEach(async () => {
  host = await Host.create();
  await makeBridge(host);
  before = await belongings(host);
});

afterEach(async () => {
  const left = await belongings(host);
  await host[Symbol.asyncDispose]();
  expect(left).toBe(before);
});

const id = 'sandbox-1';
const file = `/run/kata-containers/dans/${id}.json`;

async function names(path = file): Promise<readonly string[]> {
  const { devices } = JSON.parse(await host.sh(`cat ${path}`)) as { devices: { name: string }[] };
  return devices.map(({ name }) => name);
}

async function refused(command: Parameters<typeof kataNetwork>[1], input: unknown, error: string): Promise<string> {
  const { exitCode, stdout, stderr } = await kataNetwork(host, command, id, input);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'null\n' });
  expect(stderr).toContain(`[${error}]`);
  return stderr;
}

test('CNI and these commands share a sandbox, and each has only its own', async () => {
  const netns = await host.podNetns('pod');
  const cni = networkConfig({ ipam: undefined, 'cni.dev/valid-attachments': [] });
  const call = (command: Call['command'], config: object = networkConfig()): Promise<Answer> =>
    callPlugin(host, { command, config, sandbox: id, netns });
  await succeeds(host, 'add-iface', id, interfaceNamed('eth1'));
  const added = await call('ADD');
  expect(added.exitCode, added.stdout).toBe(0);
  await succeeds(host, 'add-iface', id, interfaceNamed('eth2'));
  expect(await names()).toEqual(['eth1', 'eth0', 'eth2']);

  // These commands ignore what CNI added.
  await expect(succeeds(host, 'list-ifaces', id)).resolves.not.toContain('eth0');
  await expect(succeeds(host, 'list-routes', id)).resolves.toBe('null');
  expect((await kataNetwork(host, 'del-iface', id, { name: 'eth0' })).stdout).toBe('{"name":"eth0"}\n');
  await refused('add-route', { dest: '10.9.0.0/16', device: 'eth0' }, 'not-found');
  await refused('del-route', { dest: 'default' }, 'not-found');
  await refused('add-iface', interfaceNamed('eth0'), 'duplicate-in-sandbox');
  const second = { dest: 'default', gateway: '10.1.0.1', device: 'eth1' };
  const taken = await refused('add-route', second, 'second-default-route');
  expect(taken).toContain('network "kata-net"');
  expect(taken).toContain(
    'leave it out, or take the other one away first: with del-route, or with "defaultRoute": false',
  );
  expect(await names()).toEqual(['eth1', 'eth0', 'eth2']);

  // CNI ignores what these commands added: its DEL, its GC of everything, and a GC that finds nothing of its own.
  expect((await call('CHECK', networkConfig({ prevResult: added.json }))).exitCode).toBe(0);
  expect(
    (await call('GC', networkConfig({ 'cni.dev/valid-attachments': [{ containerID: id, ifname: 'eth0' }] }))).exitCode,
  ).toBe(0);
  expect(await names()).toEqual(['eth1', 'eth0', 'eth2']);
  expect((await call('GC', cni)).exitCode).toBe(0);
  expect(await names()).toEqual(['eth1', 'eth2']);
  expect(
    (await callPlugin(host, { command: 'DEL', config: networkConfig(), sandbox: id, netns, ifname: 'eth1' })).exitCode,
  ).toBe(0);
  expect((await call('GC', { ...cni, name: 'other' })).exitCode).toBe(0);
  expect(await names()).toEqual(['eth1', 'eth2']);
  await host.sh('ip link show dev tap1; ip link show dev tap2');
  const invented = await callPlugin(host, {
    command: 'DEL',
    config: networkConfig({ name: '@kata-network' }),
    sandbox: id,
    netns,
    ifname: 'eth1',
  });
  // No network has such a name, and the interface's records did not come through CNI.
  expect([invented.exitCode, invented.stdout]).toEqual([0, '']);
  expect(await names()).toEqual(['eth1', 'eth2']);
  await expect(host.sh(`${executable} list --json`)).resolves.toContain('"network": "@kata-network"');
  for (const name of ['eth1', 'eth2']) await succeeds(host, 'del-iface', id, { name });
});

test('a file of a namespace is none for these commands', async () => {
  const netns = await host.podNetns('pod');
  const config = networkConfig({
    device: 'macvtap',
    runtime: 'generic',
    bridge: undefined,
    addresses: undefined,
    routes: undefined,
    master: 'veth0',
  });
  await host.sh('ip -n pod link add veth0 type veth peer name veth1; ip -n pod link set veth0 up');
  const made = await callPlugin(host, { command: 'ADD', config, sandbox: id, netns });
  // On a machine without macvtap, a file with a namespace is written by hand.
  if (made.exitCode !== 0) await writeInside(host, file, `{"netns":"${netns}","devices":[]}`);
  await refused('add-iface', interfaceNamed('eth1'), 'netns-of-file-differs');
  await callPlugin(host, { command: 'DEL', config, sandbox: id, netns });
  await host.sh(`rm -f ${file}; ip -n pod link del veth0`);
});

test.each(['/run/vc/sbs', '/run/kata'])('nothing is written for a sandbox that runs by %s', async (directory) => {
  const other = await kataNetwork(host, 'add-iface', id, interfaceNamed('eth1'));
  expect(other.exitCode).toBe(0);
  await succeeds(host, 'add-route', id, { dest: '10.9.0.0/16', device: 'eth1' });
  await host.sh(`mkdir -p ${directory}/${id}`);
  const there = await belongings(host);
  const text = await host.sh(`cat ${file} /run/dan/attachments/*`);
  for (const [command, input] of [
    ['add-iface', interfaceNamed('eth2')],
    ['add-route', { dest: '10.8.0.0/16', device: 'eth1' }],
    ['del-route', { dest: '10.9.0.0/16' }],
  ] as const) {
    expect(await refused(command, input, 'sandbox-runs')).toContain(`${directory}/${id} exists`);
  }
  expect((await kataNetwork(host, 'del-iface', id, { name: 'eth1' })).exitCode).toBe(1);
  expect([await belongings(host), await host.sh(`cat ${file} /run/dan/attachments/*`)]).toEqual([there, text]);
  // Listing does not count as a change.
  await expect(succeeds(host, 'list-ifaces', id)).resolves.toContain('eth1');
  await host.sh(`rmdir ${directory}/${id}`);
  await succeeds(host, 'del-iface', id, { name: 'eth1' });
});

test('a running sandbox is found by the beginning of its id, too: no file is begun for it', async () => {
  const long = `6ec7a98${'0'.repeat(57)}`;
  await host.sh(`mkdir -p /run/kata/${long}`);
  const { exitCode, stderr } = await kataNetwork(host, 'add-iface', '6ec7a98', interfaceNamed('eth1'));
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`sandbox ${long} runs`) });
});

test('the file goes where Kata looks for it, and a configuration that does not say it is refused', async () => {
  const config = '/etc/kata-containers/runtime-rs/configuration.toml';
  await writeInside(host, config, '[runtime]\nhypervisor_name = "qemu"\n[hypervisor.qemu]\n');
  expect(await refused('add-iface', interfaceNamed('eth1'), 'kata-config-unusable')).toContain('has no "dan_conf"');
  await writeInside(
    host,
    config,
    '[runtime]\nhypervisor_name = "qemu"\ndan_conf = "/run/kata-containers/there"\n[hypervisor.qemu]\n',
  );
  expect(
    await refused('add-iface', interfaceNamed('eth1', { vhostUserSocket: '/run/v' }), 'not-carried-by-profile'),
  ).toContain('qemu');
  await succeeds(host, 'add-iface', id, interfaceNamed('eth1'));
  expect(await names(`/run/kata-containers/there/${id}.json`)).toEqual(['eth1']);
  // What was made is found at its place, whatever the configuration says by now.
  await host.sh(`rm ${config}`);
  await succeeds(host, 'add-route', 'sandbox', { dest: '10.9.0.0/16', device: 'eth1' });
  await expect(succeeds(host, 'list-routes', 'sandbox')).resolves.toContain('10.9.0.0/16');
  await succeeds(host, 'del-iface', 'sandbox', { name: 'eth1' });
});

test('routes go with their interface, all of a list come or none, and what is edited in a file stays', async () => {
  await succeeds(host, 'add-iface', id, interfaceNamed('eth1'));
  await succeeds(host, 'add-iface', id, interfaceNamed('eth2', { mtu: 1279 }));
  const list = [
    { dest: '10.9.0.0/16', gateway: '10.1.0.1', device: 'eth1' },
    { dest: '10.9.0.0/24', gateway: '10.1.0.1', device: 'eth1' },
    { dest: '10.9.0.7', gateway: '10.2.0.1', device: 'eth2' },
  ];
  const text = await host.sh(`cat ${file}`);
  for (const [wrong, error] of [
    [{ dest: '10.9.0.1/16', device: 'eth2' }, 'duplicate-route'],
    [{ dest: '10.8.0.0/16', device: 'eth3' }, 'not-found'],
    [{ dest: '10.8.0.0/16', gateway: '10.1.0.3', device: 'eth1' }, 'invalid-configuration'],
    [{ dest: '2001:db8::/64', device: 'eth2' }, 'mtu-too-small-for-ipv6'],
  ] as const) {
    await refused('add-route', [...list, wrong], error);
    expect(await host.sh(`cat ${file}`)).toBe(text);
  }
  await succeeds(host, 'add-route', id, list);
  await host.sh(
    `sed -i 's/"neighbors":\\[\\]/"neighbors":[{"ip_address":"10.1.0.9\\/32","hardware_addr":"02:00:00:00:00:09","state":128}]/' ${file}`,
  );
  await refused('del-route', [{ dest: '10.9.0.0/16' }, { dest: '10.7.0.0/16' }], 'not-found');
  await expect(succeeds(host, 'del-route', id, { dest: '10.9.0.200/24', gateway: '10.1.0.1' })).resolves.toBe(
    `[${JSON.stringify(list[1])}]`,
  );
  await expect(succeeds(host, 'list-routes', id)).resolves.toBe(JSON.stringify([list[0], list[2]]));
  expect((await host.sh(`cat ${file}`)).match(/02:00:00:00:00:09/g)).toHaveLength(1);
  await succeeds(host, 'del-iface', id, { name: 'eth1' });
  await expect(succeeds(host, 'list-routes', id)).resolves.toBe(JSON.stringify([list[2]]));
  await succeeds(host, 'del-iface', id, { name: 'eth2' });
  await expect(succeeds(host, 'list-routes', id)).resolves.toBe('null');
});

test('a record that is lost or broken does not keep an interface', async () => {
  for (const lose of ['rm', 'truncate -s 7']) {
    await succeeds(host, 'add-iface', id, interfaceNamed('eth1'));
    await host.sh(`${lose} /run/dan/attachments/dan*.json`);
    await expect(succeeds(host, 'del-iface', id, { name: 'eth1' })).resolves.toBe('null');
    expect(await belongings(host)).toBe(before);
  }
});
