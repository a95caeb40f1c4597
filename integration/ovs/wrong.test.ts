import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode, portOf } from './node.ts';

const config = networkConfig();
const withPrevious = (previous: unknown): object => ({ ...config, prevResult: previous });

describe('what goes wrong with a switch', () => {
  let node: OvsNode;
  let before: readonly string[];

  beforeAll(async () => {
    node = await OvsNode.create({ userspaceTso: true });
    before = await node.traces();
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await node.traces()).toEqual(before);
  });

  test('the database is down at ADD: try again later, and nothing is left', async () => {
    await node.ovs.stopDatabase();
    const words = ['cannot be reached', 'unix:/run/openvswitch/db.sock', 'ovsdb-server'];
    await node.refused('ADD', config, 11, words);
    await node.refused('ADD', networkConfig({ ovs: { db: 'unix:/run/none.sock' } }), 11, ['unix:/run/none.sock']);
    await node.refused('STATUS', config, 50, words);
    // A port of an earlier boot of the node may be left.
    await node.refused('DEL', config, 11, words);
    await node.ovs.startDatabase();
    await node.must('DEL', config);
    await node.must('STATUS', config);
  });

  test('the database is down at DEL: all but the port goes, and the next DEL takes that', async () => {
    const port = portOf(await node.must('ADD', config));
    await node.ovs.stopDatabase();
    for (const netns of [node.netns, '']) await node.refused('DEL', config, 11, ['cannot be reached'], { netns });
    expect(await node.host.sh('ip -brief link; ls /run/kata-containers/dans')).not.toContain(port);
    await node.ovs.startDatabase();
    expect(await node.ovs.rows()).toEqual([`interface ${port}`, `port ${port}`]);
    await node.must('DEL', config);
  });

  test('the database hangs: the answer comes after commandTimeout', async () => {
    await node.must('ADD', config);
    await node.host.sh('kill -STOP $(cat /run/openvswitch/ovsdb-server.pid)');
    for (const seconds of [1, 3])
      await node.refused('DEL', networkConfig({ commandTimeout: seconds }), 11, [`did not answer within ${seconds} s`]);
    await node.host.sh('kill -CONT $(cat /run/openvswitch/ovsdb-server.pid)');
    await node.must('DEL', config);
  });

  test('the switch is down at ADD: the row that it did not take over is undone', async () => {
    await node.ovs.stopSwitch();
    await node.refused('ADD', networkConfig({ commandTimeout: 1 }), 11, ['did not answer within 1 s', 'ovs-vswitchd']);
    expect((await node.traces()).filter((line) => !line.startsWith('link '))).toEqual(
      before.filter((line) => !line.startsWith('link ')),
    );
    await node.must('DEL', config);
    await node.ovs.startSwitch();
  });

  test('the switch is down at DEL, or was restarted since ADD: everything goes', async () => {
    await node.must('ADD', config);
    await node.ovs.stopSwitch();
    await node.ovs.startSwitch();
    await node.must('DEL', config);
    expect(await node.traces()).toEqual(before);
    await node.must('ADD', config);
    await node.ovs.stopSwitch();
    await node.must('DEL', config);
    expect(await node.ovs.rows()).toEqual([]);
    await node.ovs.startSwitch();
  });

  test('a bridge that nobody has, that is no bridge, that both have', async () => {
    await node.refused('ADD', networkConfig({ bridge: 'br9' }), 101, [
      '"br9"',
      'ip link add br9',
      'ovs-vsctl add-br br9',
    ]);
    await node.host.sh('ip link add some0 type veth peer name some1');
    await node.refused('ADD', networkConfig({ bridge: 'some0' }), 102, ['some0', 'of kind veth']);
    await node.host.sh('ip link del some0; ip link add br1 type bridge');
    const meant = networkConfig({ bridge: 'br1', ovs: { db: 'unix:/run/openvswitch/db.sock' } });
    await node.refused('ADD', meant, 102, ['br1', 'a Linux bridge', 'has none of that name']);
    await node.ovs.addBridge('br1');
    await node.refused('ADD', networkConfig({ bridge: 'br1' }), 120, ['br1', 'both a Linux bridge']);
    await node.refused('STATUS', networkConfig({ bridge: 'br1', ovs: { db: 'unix:/run/openvswitch/db.sock' } }), 50, [
      'both a Linux bridge',
    ]);
    await node.ovs.vsctl('del-br', 'br1');
    await node.must('ADD', networkConfig({ bridge: 'br1' }));
    await node.must('DEL', networkConfig({ bridge: 'br1' }));
    await node.host.sh('ip link del br1');
  });

  test('a port of our name that is not ours is refused, and never touched', async () => {
    const port = portOf(await node.must('ADD', config));
    await node.must('DEL', config);
    await node.ovs.vsctl('add-port', 'br0', port, '--', 'set', 'Port', port, 'external_ids:dan=dan-of-somebody');
    await node.refused('ADD', config, 122, [port, 'no record claims']);
    await node.must('DEL', config);
    await node.must('GC', { ...config, 'cni.dev/valid-attachments': [] });
    expect(await node.ovs.rows()).toEqual([`interface ${port}`, `port ${port}`]);
    await node.ovs.vsctl('del-port', port);
  });

  test('an interface that the switch cannot make fails ADD, and is undone', async () => {
    // There is no kernel datapath here, so a port of such a bridge gets no number.
    await node.ovs.vsctl('add-br', 'br2');
    await node.refused('STATUS', networkConfig({ bridge: 'br2' }), 50, ['does not run the bridge br2']);
    await node.refused('ADD', networkConfig({ bridge: 'br2' }), 123, [
      'could not make the port',
      'br2',
      'ovs-vswitchd',
    ]);
    await node.ovs.vsctl('del-br', 'br2');
  });

  test('the tap is long gone: the port goes all the same', async () => {
    const port = portOf(await node.must('ADD', config));
    await node.host.sh(`ip link del ${port}`);
    await node.must('DEL', config);
  });

  test.each(['DEL', 'GC'] as const)(
    'the node was restarted, and the database outlived it: %s removes the port',
    async (command) => {
      const port = portOf(await node.must('ADD', config));
      await node.must('ADD', networkConfig({ name: 'other-net' }), {
        ifname: 'net1',
        netns: await node.host.podNetns('other'),
        sandbox: 'other',
      });
      const files = '/run/dan /run/kata-containers';
      await node.host.sh(`ip link del ${port}; for one in ${files}; do mv "$one" "$one.before"; done`);
      await node.must(command, { ...config, 'cni.dev/valid-attachments': [] });
      expect(await node.ovs.rows()).not.toContain(`port ${port}`);
      expect(await node.ovs.rows()).toHaveLength(2);
      await node.host.sh(`rm -rf ${files}; for one in ${files}; do mv "$one.before" "$one"; done`);
      await node.must('DEL', config);
      await node.must('DEL', networkConfig({ name: 'other-net' }), { ifname: 'net1', sandbox: 'other' });
      await node.host.sh('ip netns del other');
    },
  );

  test('the database is down at GC: what else is left goes, and the next GC takes the port', async () => {
    await node.must('ADD', config);
    await node.ovs.stopDatabase();
    const all = { ...config, 'cni.dev/valid-attachments': null };
    await node.refused('GC', all, 11, ['cannot be reached']);
    expect((await node.host.sh('ip -brief link; ls /run/kata-containers/dans')).includes('dan')).toBe(false);
    await node.ovs.startDatabase();
    await node.must('GC', all);
  });

  test('GC leaves what is in use', async () => {
    await node.must('ADD', config);
    const there = await node.traces();
    await node.must('GC', { ...config, 'cni.dev/valid-attachments': [{ containerID: 'sandbox-1', ifname: 'eth0' }] });
    expect(await node.traces()).toEqual(there);
    await node.must('GC', { ...config, 'cni.dev/valid-attachments': [{ containerID: 'sandbox-1', ifname: 'eth1' }] });
  });

  test('CHECK names every change of the port', async () => {
    const vlans = networkConfig({ vlan: 20, trunk: [{ id: 42 }] });
    const added = await node.must('ADD', vlans);
    const port = portOf(added);
    const check = async (change: readonly string[], back: readonly string[], words: string): Promise<void> => {
      await node.ovs.vsctl(...change);
      await node.refused('CHECK', withPrevious(added.json), 115, [words]);
      await node.ovs.vsctl(...back);
      await node.must('CHECK', withPrevious(added.json));
    };
    const set = (column: string): string[] => ['set', 'Port', port, column];
    await check(set('tag=21'), set('tag=20'), 'tag is 21, and was made 20');
    await check(set('trunks=42,43'), set('trunks=42'), 'trunks is 42,43, and was made 42');
    await check(set('vlan_mode=access'), set('vlan_mode=native-untagged'), 'vlan_mode is access');
    await check(
      set('external_ids:dan-sandbox=other'),
      set('external_ids:dan-sandbox=sandbox-1'),
      'external_ids:dan-sandbox of the port is other',
    );
    await check(
      ['set', 'Interface', port, 'options:key=1'],
      ['clear', 'Interface', port, 'options'],
      'options is key=1, and was made none',
    );
    await node.ovs.addBridge('br1');
    await node.ovs.vsctl('--if-exists', 'del-port', port, '--', 'add-port', 'br1', port);
    await node.refused('CHECK', withPrevious(added.json), 115, ['bridge is none, and was made br0', 'tag is none']);
    await node.ovs.vsctl('del-port', port);
    await node.refused('CHECK', withPrevious(added.json), 115, [`port ${port} of the Open vSwitch bridge br0 is gone`]);
    await node.must('DEL', vlans);
    await node.ovs.vsctl('del-br', 'br1');
  });
});
