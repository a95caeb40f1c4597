import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { attach, callBefore, callDan } from '../tcfilter/chain.ts';
import { tcfilterNetwork } from '../tcfilter/networks.ts';
import { devicesIn, danFileOf } from './dan-file.ts';

describe('a second network that does not fit into the sandbox', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeEach(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    before = await traces(host);
  });
  afterEach(async () => {
    const left = await traces(host);
    await host[Symbol.asyncDispose]();
    expect(left).toEqual(before);
  });

  const first = networkConfig({
    name: 'first',
    mac: '02:00:00:00:00:01',
    routes: [
      { dst: '0.0.0.0/0', gw: '10.88.0.1' },
      { dst: '192.0.2.0/24', gw: '10.88.0.1' },
    ],
  });
  // The two networks have nothing in common.
  const second = networkConfig({
    name: 'second',
    bridge: null,
    addresses: ['10.99.0.5/24'],
    routes: [{ dst: '198.51.100.0/24', gw: '10.99.0.1' }],
  });
  const call = (command: Call['command'], config: object, ifname: string): Promise<Answer> =>
    callPlugin(host, { command, config, ifname, netns });
  const must = async (command: Call['command'], config: object, ifname: string): Promise<void> => {
    const { exitCode, stdout } = await call(command, config, ifname);
    expect(exitCode, stdout).toBe(0);
  };
  const refused = async (config: object, ifname: string, code: number, ...words: string[]): Promise<void> => {
    const there = [await traces(host), await devicesIn(host)];
    const { exitCode, json } = await call('ADD', config, ifname);
    expect({ exitCode, json }).toMatchObject({ exitCode: 1, json: { code } });
    for (const word of words) expect(json['msg']).toContain(word);
    expect([await traces(host), await devicesIn(host)]).toEqual(there);
    await must('DEL', config, ifname);
    expect([await traces(host), await devicesIn(host)]).toEqual(there);
  };

  const leased = { type: 'host-local', ranges: [[{ subnet: '10.99.0.0/24', rangeStart: '10.99.0.5' }]] };
  const fromIpam = { addresses: undefined, ipam: leased };

  test.each<[string, object, string, string[]]>([
    ['name', {}, 'eth0', ['the name "eth0"', 'network "first"']],
    ['name, in another case of letters', {}, 'ETH0', []],
    ['MAC', { mac: '02:00:00:00:00:01' }, 'net1', ['the MAC 02:00:00:00:00:01', 'network "first"']],
    ['address', { addresses: ['10.88.0.5/32'] }, 'net1', ['the address 10.88.0.5', 'network "first"']],
    ['route', { routes: [{ dst: '192.0.2.0/24', gw: '10.99.0.1' }] }, 'net1', ['192.0.2.0/24', '"eth0"', 'first']],
    ['default route', { routes: [{ dst: '0.0.0.0/0', gw: '10.99.0.1' }] }, 'net1', ['"defaultRoute": false', 'first']],
    [
      'address, from an IPAM plugin',
      {
        addresses: undefined,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/24', rangeStart: '10.88.0.5' }]] },
      },
      'net1',
      ['the address 10.88.0.5'],
    ],
    [
      'default route, from an IPAM plugin',
      { ...fromIpam, ipam: { ...leased, routes: [{ dst: '0.0.0.0/0' }] } },
      'net1',
      ['"defaultRoute": false'],
    ],
  ])('the same %s', async (_what, changes, ifname, words) => {
    await must('ADD', first, 'eth0');
    if (words.length > 0) await refused({ ...second, ...changes }, ifname, 7, ...words);
    else {
      // Names that are different to Linux, although users may confuse them.
      await must('ADD', { ...second, ...changes }, ifname);
      await must('DEL', { ...second, ...changes }, ifname);
    }
    await must('DEL', first, 'eth0');
  });

  test.each([
    ['from the configuration', { routes: [{ dst: '0.0.0.0/0', gw: '10.99.0.1' }] }],
    ['from an IPAM plugin', { ...fromIpam, routes: [], ipam: { ...leased, routes: [{ dst: '0.0.0.0/0' }] } }],
  ])('a second default route %s goes with "defaultRoute": false', async (_from, changes) => {
    const cured = { ...second, ...changes, defaultRoute: false };
    await must('ADD', first, 'eth0');
    await must('ADD', cured, 'net1');
    const routes = (await devicesIn(host)).map(({ network_info }) => network_info.routes.map(({ dest }) => dest));
    expect(routes).toEqual([['0.0.0.0/0', '192.0.2.0/24'], []]);
    await must('DEL', cured, 'net1');
    await must('DEL', first, 'eth0');
  });

  test('a default route of each IP version', async () => {
    const v6 = { ...second, addresses: ['fd00:99::5/64'], routes: [{ dst: '::/0', gw: 'fd00:99::1' }] };
    await must('ADD', first, 'eth0');
    await must('ADD', v6, 'net1');
    await must('DEL', first, 'eth0');
    await must('DEL', v6, 'net1');
  });

  // The first device is in the host's namespace, the second in the pod's; a file has only one.
  test('another namespace in the file', async () => {
    const chain = { host, netns, network: tcfilterNetwork({ plugin: 'ptp', runtime: 'generic' }) };
    const inPod = await attach(chain);
    await refused(second, 'net1', 107, netns, 'null');
    expect((await callDan(chain, 'DEL', inPod)).exitCode).toBe(0);
    await callBefore(chain, 'DEL', inPod);
    await host.sh('rm -rf /var/lib/cni');
  });

  test('another namespace in the file, the other way round', async () => {
    await must('ADD', { ...second, runtime: 'generic' }, 'net1');
    const chain = { host, netns, network: tcfilterNetwork({ plugin: 'ptp', runtime: 'generic' }) };
    const made = await callBefore(chain, 'ADD');
    const { json } = await callDan(chain, 'ADD', made);
    expect(json).toMatchObject({ code: 107, msg: expect.stringContaining(netns) });
    expect((await callDan(chain, 'DEL', made)).exitCode).toBe(0);
    await callBefore(chain, 'DEL', made);
    expect(await devicesIn(host)).toHaveLength(1);
    await must('DEL', second, 'net1');
  });

  test('beside a plugin that makes an interface in the pod, which the guest would lose', async () => {
    const chain = { host, netns, network: tcfilterNetwork({ plugin: 'bridge' }) };
    const made = await callBefore(chain, 'ADD');
    await refused(second, 'net1', 106, 'eth0', '10.88.0.2/24', '"tcfilter"');
    // The file now carries it, so it is not lost.
    expect((await callDan(chain, 'ADD', made)).exitCode).toBe(0);
    await must('ADD', second, 'net1');
    expect((await devicesIn(host)).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expect((await callDan(chain, 'DEL', made)).exitCode).toBe(0);
    await callBefore(chain, 'DEL', made);
    await must('DEL', second, 'net1');
    await host.sh('ip link del cni0');
  });

  test('a plugin beside it comes later: DEL of what is there works, the next ADD is refused', async () => {
    await must('ADD', second, 'net1');
    const chain = { host, netns, network: tcfilterNetwork({ plugin: 'bridge' }) };
    const made = await callBefore(chain, 'ADD');
    await refused({ ...second, name: 'third', addresses: ['10.97.0.5/24'], routes: [] }, 'net2', 106, 'eth0');
    await must('DEL', second, 'net1');
    await callBefore(chain, 'DEL', made);
    await host.sh('ip link del cni0');
  });

  test.each([
    ['no JSON', '{"netns":null,"devices":[', 108],
    ['another document', '{"interfaces":[]}', 108],
    ['nothing', '', 108],
    ['a netns that is no path', '{"netns":7,"devices":[]}', 108],
    ['a device in another namespace', '{"netns":"/run/netns/else","devices":[{"name":"eth7"}]}', 107],
    ['another namespace and no device', '{"netns":"/run/netns/else","devices":[]}', 107],
  ])('a file that somebody else wrote, with %s, is kept', async (_what, text, code) => {
    await host.sh(`mkdir -p -m 700 /run/kata-containers/dans; printf %s '${text}' >${danFileOf()}`);
    const { json } = await call('ADD', second, 'net1');
    expect(json).toMatchObject({ code, msg: expect.stringContaining(danFileOf()) });
    await call('DEL', second, 'net1');
    expect(await host.sh(`cat ${danFileOf()}`)).toBe(text);
    await host.sh(`rm ${danFileOf()}`);
  });

  test("a device that somebody else wrote is kept beside dan's, as it was", async () => {
    const device = {
      name: 'eth7',
      guest_mac: '02:00:00:00:00:07',
      device: { type: 'vfio', x: [1] },
      network_info: { y: 1 },
    };
    const theirs = JSON.stringify({ netns: null, devices: [device] });
    await host.sh(`mkdir -p -m 700 /run/kata-containers/dans; printf %s '${theirs}' >${danFileOf()}`);
    await refused(second, 'eth7', 7, 'the name "eth7"', 'somebody else');
    await must('ADD', second, 'net1');
    expect(await devicesIn(host)).toMatchObject([device, { name: 'net1' }]);
    await must('DEL', second, 'net1');
    expect(await devicesIn(host)).toEqual([device]);
    await host.sh(`rm ${danFileOf()}`);
  });
});
