import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode } from '../ovs/node.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { leaveSocket } from './bind-socket.ts';

const file = '/run/kata-containers/dans/sandbox-1.json';
const config = networkConfig({ device: 'vhost-user' });

describe('a vhost-user port of Open vSwitch', () => {
  let node: OvsNode;
  let before: readonly string[];

  beforeAll(async () => {
    node = await OvsNode.create({ dpdk: 'no-huge' });
    before = await node.traces();
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await node.traces()).toEqual(before);
  });

  const port = async (): Promise<string> => (await node.ovs.vsctl('list-ports', 'br0')).trim();

  test.each(['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
    'has one interface in the result of CNI %s',
    async (cniVersion) => {
      const asked = { ...config, cniVersion };
      const { json } = await node.must('ADD', asked);
      const path = `/run/dan/vhost-user/${await port()}.sock`;
      const isNew = cniVersion === '1.1.0';
      expect(json).toMatchObject({
        interfaces: [
          {
            name: 'eth0',
            mac: expect.stringMatching(/^02:/),
            sandbox: node.netns,
            ...(isNew ? { mtu: 1500, socketPath: path } : {}),
          },
        ],
        ips: [{ address: '10.88.0.5/24', interface: 0 }],
      });
      expect(JSON.stringify(json).includes('socketPath')).toBe(isNew);
      await node.must('DEL', asked);
    },
  );

  test('and its file are made as they are documented', async () => {
    await node.must('ADD', { ...config, queues: 2, queueSize: 512, mac: '02:00:00:00:00:01' });
    const name = await port();
    const path = `/run/dan/vhost-user/${name}.sock`;
    const { devices, netns } = JSON.parse(await node.host.sh(`cat ${file}`)) as { devices: object[]; netns: unknown };
    expect(netns).toBeNull();
    expect(devices).toEqual([
      expect.objectContaining({
        name: 'eth0',
        guest_mac: '02:00:00:00:00:01',
        device: { type: 'vhost-user', path, queue_num: 2, queue_size: 512 },
      }),
    ]);
    const get = (column: string): Promise<string> => node.ovs.vsctl('get', 'Interface', name, column);
    expect(await get('type')).toBe('dpdkvhostuserclient');
    expect(await get('options')).toBe(`{vhost-server-path="${path}"}`);
    expect(await get('mtu_request')).toBe('1500');
    expect(await node.host.sh('stat -c %a /run/dan/vhost-user')).toBe('750');
    expect(await node.host.sh(`ls /run/dan/vhost-user`)).toBe('');
    await node.must('DEL', config);
  });

  test('whose record was lost leaves neither row nor socket', async () => {
    await node.must('ADD', config);
    const name = await port();
    await leaveSocket(node.host, `/run/dan/vhost-user/${name}.sock`);
    await node.host.sh('rm /run/dan/attachments/*');
    expect(await node.ovs.rows()).toContain(`socket /run/dan/vhost-user/${name}.sock`);
    await node.must('DEL', config);
  });

  test('that cannot be: an MTU that Dragonball does not announce, another hypervisor, a Linux bridge', async () => {
    await node.refused('ADD', { ...config, mtu: 1501 }, 7, ['MTU 1501', 'runtime-rs', '"mtu": 1500']);
    await node.must('ADD', { ...config, mtu: 1501, runtime: 'generic' });
    await node.must('DEL', { ...config, mtu: 1501, runtime: 'generic' });
    await node.host.sh(
      `mkdir -p /etc/kata; printf '[runtime]\\nhypervisor_name="qemu"\\ndan_conf="/run/d"\\n[hypervisor.qemu]\\n' >/etc/kata/c.toml`,
    );
    const kata = { ...config, kataConfig: '/etc/kata/c.toml' };
    await node.refused('ADD', kata, 7, ['hypervisor qemu', 'only dragonball', '"device": "host-tap"']);
    await node.host.sh('ip link add br1 type bridge');
    await node.refused('ADD', { ...config, bridge: 'br1' }, 102, ['br1', 'Linux bridge']);
    await node.host.sh('ip link del br1');
    await node.refused('ADD', { ...config, runtime: 'go' }, 7, ['"runtime": "go"', 'vfio']);
  });

  test('that the switch serves is refused by default, and taken by the reader that connects', async () => {
    await node.ovs.vsctl('add-port', 'br0', 'vhu0', '--', 'set', 'Interface', 'vhu0', 'type=dpdkvhostuser');
    const path = '/run/openvswitch/vhu0';
    const foreign = networkConfig({ device: 'vhost-user', bridge: undefined, socketPath: path });
    await node.refused('ADD', foreign, 124, [path, 'somebody listens', 'dpdkvhostuserclient', '"generic"']);
    const generic = { ...foreign, runtime: 'generic' };
    await node.must('ADD', generic);
    {
      await using guest = await bootFromFile({ host: node.host, file });
      await guest.text('ping -c 2 -W 5 10.88.0.1');
    }
    await node.must('DEL', generic);
    await node.host.sh(`test -S ${path}`);
    await node.ovs.vsctl('del-port', 'vhu0');
  });

  test('needs a switch that can reach the socket: STATUS tells', async () => {
    await node.must('STATUS', config);
    const asNobody =
      'setpriv --reuid 65534 --regid 65533 --clear-groups --bounding-set=-all --inh-caps=-all --ambient-caps=-all';
    // Stands in for a switch that has dropped root: only its process id matters.
    await node.host.sh(`
      mv /run/openvswitch/ovs-vswitchd.pid /run/real.pid
      ${asNobody} sleep 1000 >/dev/null 2>&1 & echo $! >/run/openvswitch/ovs-vswitchd.pid
      until grep -q sleep /proc/$!/comm; do sleep 0.01; done`);
    await node.refused('STATUS', config, 50, ['user 65534', '/run/dan/vhost-user', 'chgrp 65533', 'umask of 002']);
    await node.host.sh('chgrp 65533 /run/dan/vhost-user; chmod 2750 /run/dan/vhost-user');
    await node.must('STATUS', config);
    await node.host.sh(
      'kill $(cat /run/openvswitch/ovs-vswitchd.pid); mv /run/real.pid /run/openvswitch/ovs-vswitchd.pid',
    );
  });
});
