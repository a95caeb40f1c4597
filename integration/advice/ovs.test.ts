import { afterEach, beforeEach, expect, test } from 'vitest';
import { diagnose, foundIn, installPlugin, useNetwork } from '../doctor/node.ts';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode } from '../ovs/node.ts';
import { follow } from './follow.ts';

const ovs = { db: 'unix:/run/openvswitch/db.sock' };
const area = /^ovs-/;
let node: OvsNode;
beforeEach(async () => {
  node = await OvsNode.create({ userspaceTso: true });
  await installPlugin(node.host);
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

const cureOf = async (id: string): Promise<string> => {
  const { findings } = await diagnose(node.host, area);
  return findings.find((finding) => finding.id === id)?.cure ?? '';
};
const refusal = async (changes: object): Promise<string> => {
  const { exitCode, json } = await node.call('ADD', networkConfig({ ...changes }));
  await node.call('DEL', networkConfig({ ...changes }));
  return exitCode === 0 ? '' : String(json['msg']);
};

test('a missing bridge of Open vSwitch is there after what dan doctor says', async () => {
  await useNetwork(node.host, { bridge: 'br9', ovs });
  await follow(node.host, await cureOf('ovs-bridge'), 'ovs-vsctl --db=… add-br …');
  // If the kernel has no datapath of Open vSwitch, the next finding names the alternative.
  if ((await cureOf('ovs-bridge')).includes('datapath_type=netdev'))
    await node.ovs.vsctl('set', 'Bridge', 'br9', 'datapath_type=netdev');
  expect(await foundIn(node.host, area)).toEqual([]);
});

test('checksums are filled in after what dan doctor says, and a restart of the switch', async () => {
  await useNetwork(node.host, { bridge: 'br0', ovs });
  await node.ovs.vsctl('set', 'Open_vSwitch', '.', 'other_config:userspace-tso-enable=false');
  const form = 'ovs-vsctl --db=… set Open_vSwitch . other_config:userspace-tso-enable=true';
  await follow(node.host, await cureOf('ovs-userspace-tso'), form);
  await node.ovs.stopSwitch();
  await node.ovs.startSwitch();
  expect(await foundIn(node.host, area)).toEqual([]);
});

test('a database that does not answer is shown to answer once it does, by what dan doctor says', async () => {
  await useNetwork(node.host, { bridge: 'br0', ovs });
  await node.ovs.stopSwitch();
  await node.ovs.stopDatabase();
  const cure = await cureOf('ovs-database');
  await expect(follow(node.host, cure, 'ovs-vsctl --db=… show')).rejects.toThrow();
  await node.ovs.startDatabase();
  await node.ovs.startSwitch();
  expect(await follow(node.host, cure, 'ovs-vsctl --db=… show')).toContain('br0');
});

test('ADD succeeds on a bridge that its own message makes', async () => {
  await follow(node.host, await refusal({ bridge: 'br9' }), 'ovs-vsctl add-br …');
  await node.ovs.vsctl('set', 'Bridge', 'br9', 'datapath_type=netdev');
  expect(await refusal({ bridge: 'br9' })).toBe('');
});

test('ADD makes a socket with an MTU below that of its bridge after what its own message says', async () => {
  await using switched = await OvsNode.create({ dpdk: 'no-huge' });
  const config = networkConfig({ device: 'vhost-user', mtu: 1400 });
  const { json } = await switched.call('ADD', config);
  await follow(switched.host, String(json['msg']), 'ovs-vsctl set Interface … mtu_request=…');
  await switched.must('ADD', config);
  await switched.must('DEL', config);
});

test('a port of somebody else’s is shown, and makes room when it is deleted, as the message says', async () => {
  const { json } = await node.must('ADD', networkConfig({ ovs }));
  const [{ name } = { name: '' }] = json['interfaces'] as { name: string }[];
  await node.must('DEL', networkConfig({ ovs }));
  await node.ovs.vsctl('add-port', 'br0', name, '--', 'set', 'Interface', name, 'type=patch', 'options:peer=nobody');
  const message = await refusal({ ovs });
  expect(await follow(node.host, message, 'ovs-vsctl --db=… list Port …')).toContain(name);
  // 'ovs-vsctl list Port …' of dan explain is the same command at the default place.
  await node.host.sh(`ovs-vsctl list Port ${name}`);
  expect(message).toContain('"ovs-vsctl del-port"'); // 'ovs-vsctl del-port' of that name
  await node.host.sh(['ovs-vsctl del-port', name].join(' '));
  expect(await refusal({ ovs })).toBe('');
});
