import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { sendToGuest, sendToHost } from '../guest/transfer.ts';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { networkConfig } from '../host-tap/network.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { OpenVSwitch } from './open-vswitch.ts';

const fileOf = (sandbox: string): string => `/run/kata-containers/dans/${sandbox}.json`;

describe('a tap on a bridge of Open vSwitch', () => {
  let host: Host;
  let ovs: OpenVSwitch;
  let netns: string;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    ovs = await OpenVSwitch.start(host, { userspaceTso: true });
    await ovs.addBridge('br0');
    await host.sh('ip address add 10.88.0.1/24 dev br0; ip link set br0 up');
    netns = await host.podNetns('pod');
    before = [...(await traces(host)), ...(await ovs.rows())];
  });
  afterAll(async () => {
    await ovs[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect([...(await traces(host)), ...(await ovs.rows())]).toEqual(before);
  });

  const call = async (command: Call['command'], config: object, more: Partial<Call> = {}): Promise<Answer> => {
    const answer = await callPlugin(host, { command, config, netns, ...more });
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  };

  test('a guest on it and the host reach each other, and 16 MiB of TCP pass either way', async () => {
    const config = networkConfig();
    const { json, stderr } = await call('ADD', config);
    expect(stderr).not.toContain('warn');
    {
      await using guest = await bootFromFile({ host, file: fileOf('sandbox-1') });
      await host.sh('ping -c 2 -i 0.2 -W 5 10.88.0.5');
      await guest.text('ping -c 2 -W 5 10.88.0.1');
      const transfers = [
        await sendToGuest(host, guest, '10.88.0.5', 16),
        await sendToHost(host, guest, '10.88.0.1', 16),
      ];
      for (const { sent, received } of transfers) expect(received).toBe(sent);
      await call('CHECK', { ...config, prevResult: json });
    }
    await call('DEL', config);
  });

  test('a guest in a VLAN reaches the one in the same, and not the one in another', async () => {
    const sandboxes = { 'sandbox-1': 20, 'sandbox-2': 20, 'sandbox-3': 30 };
    const config = (sandbox: string, vlan: number): object =>
      networkConfig({ vlan, addresses: [`10.99.0.${sandbox.at(-1) ?? ''}/24`], routes: [] });
    for (const [sandbox, vlan] of Object.entries(sandboxes)) {
      await call('ADD', config(sandbox, vlan), { sandbox, netns: await host.podNetns(sandbox) });
    }
    {
      const boot = (sandbox: string): Promise<Guest> => bootFromFile({ host, file: fileOf(sandbox) });
      await using first = await boot('sandbox-1');
      await using _second = await boot('sandbox-2');
      await using _third = await boot('sandbox-3');
      await first.text('ping -c 2 -W 5 10.99.0.2');
      await expect(first.text('ping -c 2 -W 2 10.99.0.3')).rejects.toThrow('100% packet loss');
    }
    for (const [sandbox, vlan] of Object.entries(sandboxes)) {
      await call('DEL', config(sandbox, vlan), { sandbox });
      await host.sh(`ip netns del ${sandbox}`);
    }
  });

  test.each([
    [{ vlan: 20 }, 'access', '20', '[]'],
    [{ trunk: [{ id: 42 }, { minID: 100, maxID: 102 }] }, 'trunk', '[]', '[42, 100, 101, 102]'],
    [{ vlan: 20, trunk: [{ id: 42 }] }, 'native-untagged', '20', '[42]'],
    [{}, '[]', '[]', '[]'],
    [{ trunk: [{ minID: 1, maxID: 4094 }] }, 'trunk', '[]', expect.stringMatching(/^\[1, 2, .* 4094\]$/)],
  ])('%j is a port of mode %s', async (vlans, mode, tag, trunks) => {
    const variables = { CNI_ARGS: 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=9a1c' };
    const config = networkConfig(vlans);
    const { json } = await call('ADD', config, { variables });
    const port = (json['interfaces'] as { name: string }[])[0]!.name;
    const get = (table: string, column: string): Promise<string> => ovs.vsctl('get', table, port, column);
    expect([await get('Port', 'vlan_mode'), await get('Port', 'tag'), await get('Port', 'trunks')]).toEqual([
      mode,
      tag,
      trunks,
    ]);
    const marks = await get('Port', 'external_ids');
    expect(marks).toMatch(
      /^\{dan=dan-[0-9a-f]{40}, dan-ifname=eth0, dan-network=kata-net, dan-pod-name=web-0, dan-pod-namespace=shop, dan-pod-uid="9a1c", dan-sandbox=sandbox-1\}$/,
    );
    expect(await get('Interface', 'external_ids')).toBe(marks);
    await call('CHECK', { ...config, prevResult: json });
    await call('DEL', config);
  });

  test('a database on a loopback address is as good', async () => {
    await host.sh('ovs-appctl --target=/run/openvswitch/ovsdb-server.ctl ovsdb-server/add-remote ptcp:6640:127.0.0.1');
    const config = networkConfig({ ovs: { db: 'tcp:127.0.0.1:6640' } });
    await call('STATUS', config);
    await call('ADD', config);
    expect((await ovs.rows()).length).toBe(2);
    await call('DEL', config);
  });

  test("an MTU below the bridge's is the guest's alone unless the bridge's own is pinned, and one above is a warning", async () => {
    const { json } = await call('ADD', networkConfig({ mtu: 1400 }));
    expect(json['interfaces']).toMatchObject([{ mtu: 1500 }, { mtu: 1400 }]);
    expect(await host.sh('cat /sys/class/net/br0/mtu')).toBe('1500');
    await call('DEL', networkConfig({ mtu: 1400 }));
    await ovs.vsctl('set', 'Interface', 'br0', 'mtu_request=1500');
    for (const mtu of [1400, 9000]) {
      const { stderr } = await call('ADD', networkConfig({ mtu }));
      expect(stderr.includes('"level":"warn"')).toBe(mtu > 1500);
      expect(await host.sh('cat /sys/class/net/br0/mtu')).toBe('1500');
      await call('DEL', networkConfig({ mtu }));
    }
    await ovs.vsctl('clear', 'Interface', 'br0', 'mtu_request');
  });

  test('a bridge in user space that leaves checksums open is warned about', async () => {
    await ovs.vsctl('set', 'Open_vSwitch', '.', 'other_config:userspace-tso-enable=false');
    const { stderr } = await call('ADD', networkConfig());
    expect(stderr).toContain('userspace-tso-enable=true');
    await call('DEL', networkConfig());
    await ovs.vsctl('set', 'Open_vSwitch', '.', 'other_config:userspace-tso-enable=true');
  });
});
