import { afterEach, beforeEach, expect, test } from 'vitest';
import { installPlugin, diagnose, foundIn, useNetwork, withoutBridgeFilter } from '../doctor/node.ts';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { follow } from './follow.ts';

const bridge = /^kernel-(?:bridge-|stp)/;
let host: Host;
beforeEach(async () => {
  host = await Host.create();
  await installPlugin(host);
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

const cureOf = async (id: string): Promise<string> => {
  const { findings } = await diagnose(host, bridge);
  return findings.find((finding) => finding.id === id)?.cure ?? '';
};

/** Calls ADD, which is refused with advice, and DEL afterwards. */
async function refusal(changes: object): Promise<string> {
  const netns = '/run/netns/pod';
  const { exitCode, json } = await callPlugin(host, { command: 'ADD', config: networkConfig({ ...changes }), netns });
  await callPlugin(host, { command: 'DEL', config: networkConfig({ ...changes }), netns });
  return exitCode === 0 ? '' : String(json['msg']);
}

test('a missing bridge is there and works, after what dan doctor says', async () => {
  await useNetwork(host, { bridge: 'br0' });
  await follow(host, await cureOf('kernel-bridge-missing'), 'ip link add … type bridge');
  await follow(host, await cureOf('kernel-bridge-down'), 'ip link set … up');
  expect(await foundIn(host, bridge)).toEqual([]);
  expect(await traces(host)).toEqual([]);
});

test('a bridge with the spanning tree protocol forwards sooner, and then at once, after what dan doctor says', async () => {
  await makeBridge(host);
  await useNetwork(host, { bridge: 'br0' });
  await host.sh('ip link set br0 type bridge stp_state 1');
  await follow(host, await cureOf('kernel-stp'), 'ip link set … type bridge forward_delay …');
  expect(await cureOf('kernel-stp')).toContain('accept the delay');
  await follow(host, await cureOf('kernel-stp'), 'ip link set … type bridge stp_state 0');
  expect(await foundIn(host, bridge)).toEqual([]);
});

test('a bridge is taken for what is no bridge, and dan doctor lists those that there are', async () => {
  await host.sh('ip link add veth5 type veth peer name veth6; ip link add br5 type bridge');
  await useNetwork(host, { bridge: 'veth5' });
  const listed = await follow(host, await cureOf('kernel-bridge-missing'), 'ip -d link show type bridge');
  expect(listed).toContain('br5');
  expect(listed).not.toContain('veth5');
});

test('ADD succeeds on a bridge that its own message makes, and leaves its MTU to those who set it', async () => {
  await host.podNetns('pod');
  await follow(host, await refusal({}), 'ip link add … type bridge; ip link set … up');
  expect(await refusal({})).toBe('');
  // The texts of dan explain have 'ip link set … mtu' with a number of bytes: 'ip link set … mtu …'
  await host.sh('ip link set br0 mtu 1600');
  expect(await refusal({ mtu: 1400 })).toBe('');
  expect(await host.sh('cat /sys/class/net/br0/mtu')).toBe('1600');
  expect(await traces(host)).toEqual(['netns pod']);
});

test('ADD with a VLAN succeeds on a bridge that filters by what its own message says', async ({ skip }) => {
  await host.podNetns('pod');
  await makeBridge(host);
  const message = await refusal({ vlan: 7 });
  skip(message.includes('this kernel was built without it'), 'this kernel has no VLAN filtering of bridges');
  await follow(host, message, 'ip link set … type bridge vlan_filtering 1');
  expect(await refusal({ vlan: 7 })).toBe('');
});

test('frames pass between the ports of a bridge after what dan doctor says', async ({ skip }) => {
  const missing = await withoutBridgeFilter(host);
  skip(missing !== undefined, missing);
  await makeBridge(host);
  await useNetwork(host, { bridge: 'br0' });
  await host.sh('echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; iptables -P FORWARD DROP');
  const cure = await cureOf('kernel-bridge-netfilter');
  await follow(host, cure, '… -I FORWARD -i … -o … -j …');
  expect(await foundIn(host, bridge)).toEqual([]);
  await host.sh('iptables -F FORWARD');
  await follow(host, cure, 'sysctl …=0');
  expect(await foundIn(host, bridge)).toEqual([]);
});

test('dan explain says how to count the ports of a full bridge', async () => {
  await makeBridge(host);
  await host.sh(
    'ip link add veth1 type veth peer name veth2; ip link set veth1 master br0; ip link set veth2 master br0',
  );
  const text = await host.sh('/usr/lib/cni/dan explain "Exchange full"');
  expect(await follow(host, text, 'ls /sys/class/net/br0/brif | wc -l')).toBe('2');
});
