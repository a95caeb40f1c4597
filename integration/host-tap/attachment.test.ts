import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, executable, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, hostLocal, makeBridge, networkConfig } from './network.ts';

const versions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;
const danFile = '/run/kata-containers/dans/sandbox-1.json';

describe('an attachment from ADD to DEL', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];
  let bridge: string;

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    before = await traces(host);
    bridge = await bridgeIdentity(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await traces(host)).toEqual(before);
  });

  test.each(versions)('speaks CNI %s, and leaves nothing', async (cniVersion) => {
    const config = networkConfig({ cniVersion, addresses: undefined, routes: [], ipam: hostLocal });
    const added = await callPlugin(host, { command: 'ADD', config, netns });
    expect(added.exitCode, added.stdout).toBe(0);
    const modern = cniVersion === '1.1.0';
    const numbered = cniVersion.startsWith('0.');
    expect(added.json).toEqual({
      cniVersion,
      interfaces: [
        {
          name: expect.stringMatching(/^dan[0-9a-f]{11}$/),
          mac: expect.stringMatching(/^fe:/),
          ...(modern ? { mtu: 1500 } : {}),
        },
        { name: 'eth0', mac: expect.stringMatching(/^02:/), sandbox: netns, ...(modern ? { mtu: 1500 } : {}) },
      ],
      ips: [
        {
          ...(numbered ? { version: '4' } : {}),
          address: expect.stringMatching(/^10\.88\.0\.\d+\/24$/),
          gateway: '10.88.0.1',
          interface: 1,
        },
        {
          ...(numbered ? { version: '6' } : {}),
          address: expect.stringMatching(/^fd00:88::[0-9a-f]+\/64$/),
          gateway: 'fd00:88::1',
          interface: 1,
        },
      ],
      routes: [
        { dst: '0.0.0.0/0', gw: '10.88.0.1' },
        { dst: '::/0', gw: 'fd00:88::1' },
      ],
      dns: {},
    });
    if (cniVersion.localeCompare('0.4.0') >= 0) {
      const checked = await callPlugin(host, {
        command: 'CHECK',
        config: { ...config, prevResult: added.json },
        netns,
      });
      expect(checked, checked.stdout).toMatchObject({ exitCode: 0, stdout: '' });
    }
    expect(await callPlugin(host, { command: 'DEL', config, netns })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await callPlugin(host, { command: 'DEL', config })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await traces(host)).toEqual(before);
    expect(await bridgeIdentity(host)).toBe(bridge);
  });

  test('makes the tap and the file as they are documented', async () => {
    const config = networkConfig({
      mac: '02:5C:1E:07:9A:41',
      queues: 4,
      queueSize: 512,
      neighbors: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }],
    });
    const { exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns });
    expect(exitCode, stdout).toBe(0);

    const [tap] = JSON.parse(await host.sh('ip -j -d link show type tun')) as Record<string, unknown>[];
    expect(tap).toMatchObject({
      mtu: 1500,
      master: 'br0',
      ifalias: 'dan:kata-net:sandbox-1:eth0',
      altnames: [expect.stringMatching(/^dan-[0-9a-f]{40}$/)],
      linkinfo: {
        info_kind: 'tun',
        info_data: { type: 'tap', vnet_hdr: true, multi_queue: true, persist: true, user: 'root' },
      },
    });
    expect(tap?.['flags']).toContain('UP');
    const name = String(tap?.['ifname']);
    expect(await host.sh(`cat /proc/sys/net/ipv6/conf/${name}/disable_ipv6; ip -j -6 addr show dev ${name}`)).toBe(
      '1\n[]',
    );

    const text = await host.sh(`cat ${danFile}`);
    expect(text).toBe(
      `{"netns":null,"devices":[{"name":"eth0","guest_mac":"02:5c:1e:07:9a:41","device":{"type":"host-tap","tap_name":"${name}","queue_num":4,"queue_size":512},` +
        '"network_info":{"interface":{"ip_addresses":["10.88.0.5/24"],"mtu":1500,"ntype":"tuntap","flags":0},' +
        '"routes":[{"dest":"0.0.0.0/0","gateway":"10.88.0.1"}],' +
        '"neighbors":[{"ip_address":"10.88.0.9/32","hardware_addr":"02:00:00:00:00:09","state":128}]},' +
        '"cni":{"network":"kata-net","ifname":"eth0"}}]}',
    );
    expect(await host.sh(`stat -c %a ${danFile} /run/kata-containers/dans /run/dan/attachments`)).toBe('600\n700\n700');
    expect((await callPlugin(host, { command: 'DEL', config })).exitCode).toBe(0);
  });

  test('without a bridge, on purpose, and for the reader of the first format', async () => {
    const config = networkConfig({ bridge: null, runtime: 'generic', mtu: 9000, group: 0 });
    expect((await callPlugin(host, { command: 'ADD', config, netns })).exitCode).toBe(0);
    const [tap] = JSON.parse(await host.sh('ip -j -d link show type tun')) as Record<string, unknown>[];
    expect(tap).toMatchObject({ mtu: 9000, linkinfo: { info_data: { group: 'root', multi_queue: false } } });
    expect(tap).not.toHaveProperty('master');
    expect(JSON.stringify(tap)).not.toContain('"user"');
    expect(await host.sh(`cat ${danFile}`)).toContain(
      '"routes":[{"dest":"0.0.0.0/0","gateway":"10.88.0.1","scope":0,"flags":0}]',
    );
    expect((await callPlugin(host, { command: 'DEL', config })).exitCode).toBe(0);
  });

  test('a bridge that has lost its MAC with its last port gets one with the next', async () => {
    await host.sh(`
      ip link add br9 up type bridge
      ip link add first type veth peer name second
      ip link set first master br9
      ip link del first`);
    expect(await bridgeIdentity(host, 'br9')).toBe('00:00:00:00:00:00\n1500');
    const call = { config: networkConfig({ bridge: 'br9' }), netns };
    const added = await callPlugin(host, { command: 'ADD', ...call });
    expect(added.exitCode, added.stdout).toBe(0);
    expect(await bridgeIdentity(host, 'br9')).toMatch(/^fe:/);
    expect((await callPlugin(host, { command: 'DEL', ...call })).exitCode).toBe(0);
    await host.sh('ip link del br9');
  });

  test('two networks of one sandbox share a file, and each takes out its own', async () => {
    const second = networkConfig({
      name: 'storage',
      addresses: ['10.99.0.5/24'],
      routes: [{ dst: '0.0.0.0/0', gw: '10.99.0.1' }],
      defaultRoute: false,
    });
    expect((await callPlugin(host, { command: 'ADD', config: networkConfig(), netns })).exitCode).toBe(0);
    expect((await callPlugin(host, { command: 'ADD', config: second, netns, ifname: 'net1' })).exitCode).toBe(0);
    const names = async (): Promise<unknown[]> =>
      (JSON.parse(await host.sh(`cat ${danFile}`)) as { devices: { name: string }[] }).devices.map(({ name }) => name);
    expect(await names()).toEqual(['eth0', 'net1']);
    expect((await callPlugin(host, { command: 'DEL', config: networkConfig(), netns })).exitCode).toBe(0);
    expect(await names()).toEqual(['net1']);
    expect((await callPlugin(host, { command: 'DEL', config: second, ifname: 'net1' })).exitCode).toBe(0);
  });

  test('DEL removes what was made, whatever the configuration says by then', async () => {
    const made = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal, danConf: '/run/elsewhere' });
    expect((await callPlugin(host, { command: 'ADD', config: made, netns })).exitCode).toBe(0);
    expect(await host.sh('ls /run/elsewhere')).toBe('sandbox-1.json');
    const broken = {
      cniVersion: '1.1.0',
      name: 'kata-net',
      type: 'dan',
      bridge: 5,
      device: 'nothing',
      mtu: 'x',
      typo: true,
    };
    expect(await callPlugin(host, { command: 'DEL', config: broken })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await host.sh('ls /run/elsewhere')).toBe('');
  });

  test('the program for Node does the same', async () => {
    const program = programs.iproute2;
    const version = await callPlugin(host, { command: 'VERSION', config: { cniVersion: '0.4.0' }, program });
    expect(version.json).toEqual({ cniVersion: '0.4.0', supportedVersions: versions });
    const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
    const added = await callPlugin(host, { command: 'ADD', config, netns, program });
    expect(added.exitCode, added.stdout).toBe(0);
    // The compiled executable removes what the other program made: they are one product with the same records.
    expect((await callPlugin(host, { command: 'DEL', config, program: [executable] })).exitCode).toBe(0);
  });

  test('STATUS and GC answer, and STATUS says 50 when the tap driver is missing', async () => {
    const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
    expect(await callPlugin(host, { command: 'STATUS', config })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await callPlugin(host, { command: 'GC', config })).toMatchObject({ exitCode: 0, stdout: '' });
    const hidden = ['sh', '-c', `mount -t tmpfs tmpfs /dev/net && exec ${executable}`] as const;
    const unshared = ['unshare', '--mount', ...hidden] as const;
    const { json } = await callPlugin(host, { command: 'STATUS', config, program: unshared });
    expect(json).toMatchObject({ code: 50, msg: expect.stringContaining('modprobe tun') });
    const missing = networkConfig({ addresses: undefined, ipam: { type: 'no-such' } });
    expect((await callPlugin(host, { command: 'STATUS', config: missing })).json).toMatchObject({ code: 50 });
  });
});
