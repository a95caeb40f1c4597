import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { callBefore, callDan } from '../tcfilter/chain.ts';
import { tcfilterNetwork } from '../tcfilter/networks.ts';
import { OvsNode } from '../ovs/node.ts';
import { networkOf, planIn, recordOf, scriptOf } from './planned.ts';

/** Everything that an ADD would leave in files. */
const stateOf = (host: Host): Promise<string> =>
  host.sh('find /run/dan /run/kata-containers /var/lib/cni 2>/dev/null | sort; true');

describe('a plan is what ADD does', () => {
  let host: Host;
  let netns: string;

  beforeEach(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
  });
  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  const neighbors = [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }];
  test.each([
    ['a tap on a bridge', {}],
    [
      'queues, users, an MTU and a MAC',
      { queues: 4, queueSize: 512, group: 0, mtu: 9000, mac: '02:5c:1e:07:9a:41', neighbors },
    ],
    ['no bridge, another reader', { bridge: null, runtime: 'generic' }],
  ])('%s', async (_, changes) => {
    const config = networkConfig(changes);
    const [before, files] = [await networkOf(host), await stateOf(host)];
    const planned = await planIn(host, config, netns);
    // The pod is empty, like the pod that is assumed if none is named.
    const assumed = await planIn(host, config);
    expect([assumed.steps, assumed.file]).toEqual([planned.steps, planned.file]);
    expect(await networkOf(host)).toEqual(before);
    expect(await stateOf(host)).toBe(files);

    await host.sh(scriptOf(planned));
    const made = await networkOf(host);
    expect(made).not.toEqual(before);
    const link = /(dan[0-9a-f]{11})\.json$/.exec(recordOf(planned))?.[1] ?? '';
    await host.sh(`ip link del ${link}`);

    const { exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns });
    expect(exitCode, stdout).toBe(0);
    expect(await networkOf(host)).toEqual(made);
    expect(await host.sh(`cat ${planned.file.path}`)).toBe(JSON.stringify(planned.file.document));
    await host.sh(`test -f ${recordOf(planned)}`);
    await expect(planIn(host, config, netns)).rejects.toThrow('[attachment-exists]');
    expect((await callPlugin(host, { command: 'DEL', config, netns })).exitCode).toBe(0);
  });

  // Not every kernel that runs these tests filters VLANs on a bridge; without it, both must refuse.
  test('VLANs', async () => {
    const config = networkConfig({ vlan: 20, trunk: [{ minID: 30, maxID: 32 }] });
    const filtering = await host.run('ip', ['link', 'set', 'br0', 'type', 'bridge', 'vlan_filtering', '1']);
    if (filtering.exitCode !== 0) {
      const { json } = await callPlugin(host, { command: 'ADD', config, netns });
      await expect(planIn(host, config, netns)).rejects.toThrow(String(json['msg']));
      return;
    }
    const planned = await planIn(host, config, netns);
    await host.sh(scriptOf(planned));
    const made = await host.sh('bridge -j vlan show');
    await host.sh('ip -j link show type tun | grep -o "dan[0-9a-f]\\{11\\}" | head -1 | xargs ip link del');
    expect((await callPlugin(host, { command: 'ADD', config, netns })).exitCode).toBe(0);
    expect(await host.sh('bridge -j vlan show')).toBe(made);
  });

  test('the IPAM plugin is not asked, and only what it gives is missing', async () => {
    const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
    const planned = await planIn(host, config, netns);
    expect(await stateOf(host)).toBe('');
    expect(planned.steps).toContainEqual({ do: 'ask', plugin: 'host-local' });
    expect((await callPlugin(host, { command: 'ADD', config, netns })).exitCode).toBe(0);
    const { devices } = JSON.parse(await host.sh(`cat ${planned.file.path}`)) as {
      devices: [{ network_info: object }];
    };
    const given = devices[0].network_info as { interface: object };
    const without = { ...given, interface: { ...given.interface, ip_addresses: [] }, routes: [] };
    expect(planned.file.document).toEqual({ netns: null, devices: [{ ...devices[0], network_info: without }] });
  });

  test.each(['runtime-rs', 'generic'] as const)('a redirection behind another plugin, reader %s', async (runtime) => {
    const network = tcfilterNetwork({ plugin: 'bridge', runtime, before: { bridge: 'br0' } });
    const attaching = { host, network, netns };
    const previous = await callBefore(attaching, 'ADD');
    const look = async (): Promise<unknown> => [await networkOf(host), await networkOf(host, netns)];
    const before = await look();
    const planned = await planIn(host, network, netns);
    expect(await look()).toEqual(before);

    await host.sh(scriptOf(planned));
    const made = await look();
    expect(made).not.toEqual(before);
    const link = /(dan[0-9a-f]{11})\.json$/.exec(recordOf(planned))?.[1] ?? '';
    await host.sh(`nsenter --net=${netns} -- tc qdisc del dev eth0 ingress
      ${runtime === 'generic' ? `nsenter --net=${netns} -- ` : `ip link del ${link}h;`} ip link del ${link}`);

    const added = await callDan(attaching, 'ADD', previous);
    expect(added.exitCode, added.stdout).toBe(0);
    expect(await look()).toEqual(made);
    expect(await host.sh(`cat ${planned.file.path}`)).toBe(JSON.stringify(planned.file.document));
  });

  test('refuses what ADD refuses, and looks at the namespace that it is given', async () => {
    await host.sh(`ip -n pod link add eth0 type bridge; ip -n pod addr add 10.1.0.2/24 dev eth0`);
    await expect(planIn(host, networkConfig(), netns)).rejects.toThrow('[pod-link-hidden]');
    await expect(planIn(host, networkConfig({ bridge: 'br7' }))).rejects.toThrow('[bridge-missing]');
    await expect(planIn(host, networkConfig({ vlan: 20, addresses: ['10.88.0.5/24'] }))).rejects.toThrow(
      '[vlan-filtering-',
    );
    const chained = {
      cniVersion: '1.0.0',
      name: 'pod-net',
      plugins: [{ type: 'bridge' }, { type: 'dan', device: 'tcfilter', master: 'net7' }],
    };
    await expect(planIn(host, chained, netns)).rejects.toThrow('[master-missing]');
    expect((await planIn(host, chained)).assumed.join()).toContain('net7 with the MAC');
  });
});

test('a plan for a port of Open vSwitch is what ADD does', async () => {
  await using node = await OvsNode.create();
  const { host, netns, ovs } = node;
  const config = networkConfig({ vlan: 20, trunk: [{ id: 30 }] });
  const before = await node.traces();
  const planned = await planIn(host, config, netns);
  expect(await node.traces()).toEqual(before);
  const rows = async (): Promise<string> => {
    const columns = ['name', 'tag', 'trunks', 'vlan_mode', 'external_ids'].join(',');
    return await host.sh(`ovs-vsctl --columns=${columns} find Port 'external_ids:dan!=""'
      ovs-vsctl --columns=name,type,options,external_ids find Interface 'external_ids:dan!=""'`);
  };
  await host.sh(scriptOf(planned));
  const made = [await rows(), await networkOf(host)];
  expect(made[0]).toContain('native-untagged');
  const link = /(dan[0-9a-f]{11})\.json$/.exec(recordOf(planned))?.[1] ?? '';
  await host.sh(`ovs-vsctl del-port ${link}; ip link del ${link}`);
  await node.must('ADD', config);
  expect([await rows(), await networkOf(host)]).toEqual(made);
  expect(await host.sh(`cat ${planned.file.path}`)).toBe(JSON.stringify(planned.file.document));
  expect(await ovs.rows()).not.toEqual([]);
  await node.must('DEL', config);
});
