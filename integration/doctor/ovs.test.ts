import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode, portOf } from '../ovs/node.ts';
import { diagnose, foundIn, installPlugin, useNetwork } from './node.ts';

const ovs = { db: 'unix:/run/openvswitch/db.sock' };
const area = /^ovs-/;

describe('an Open vSwitch with its datapath in user space', () => {
  let node: OvsNode;
  beforeEach(async () => {
    node = await OvsNode.create({ userspaceTso: true });
    await installPlugin(node.host);
    await useNetwork(node.host, { bridge: 'br0', ovs });
  });
  afterEach(async () => {
    await node[Symbol.asyncDispose]();
  });

  test('is sound, without userspace-tso-enable is not, and knows its bridges', async () => {
    expect(await foundIn(node.host, /^(?:ovs|kernel-bridge)/)).toEqual([]);
    await node.ovs.vsctl('set', 'Open_vSwitch', '.', 'other_config:userspace-tso-enable=false');
    expect(await foundIn(node.host, area)).toEqual(['ovs-userspace-tso']);
    await useNetwork(node.host, { bridge: 'br0' });
    expect(await foundIn(node.host, /^(?:ovs|kernel-bridge)/)).toEqual(['ovs-userspace-tso']);
    await useNetwork(node.host, { bridge: 'br9', ovs });
    expect(await foundIn(node.host, area)).toEqual(['ovs-bridge']);
  });

  test('without DPDK has no vhost-user ports', async () => {
    await useNetwork(node.host, { device: 'vhost-user', bridge: 'br0' });
    const { findings } = await diagnose(node.host, area);
    expect(findings).toMatchObject([
      { id: 'ovs-dpdk', severity: 'error', seen: expect.stringContaining('dpdk-init is not set') },
    ]);
  });

  test('that has ended, and then its database', async () => {
    await node.ovs.stopSwitch();
    expect(await foundIn(node.host, area)).toEqual(['ovs-vswitchd']);
    await node.ovs.stopDatabase();
    const { findings } = await diagnose(node.host, /^(?:ovs|state)-/);
    expect(findings).toMatchObject([{ id: 'ovs-database', severity: 'error' }]);
    await node.ovs.startDatabase();
    await node.ovs.startSwitch();
    expect(await foundIn(node.host, area)).toEqual([]);
  });

  test('has a port whose tap is gone, and one without record', async () => {
    const config = networkConfig({ name: 'kata-net', ovs });
    const added = await node.must('ADD', config);
    expect(await foundIn(node.host, /^(?:ovs|state)-/)).toEqual([]);
    await node.host.sh(`ip link del ${portOf(added)}`);
    expect(await foundIn(node.host, /^(?:ovs|state)-/)).toEqual(['state-missing-link']);
    // A running switch does not report this; a starting one does.
    await node.ovs.stopSwitch();
    await node.ovs.startSwitch();
    expect(await foundIn(node.host, /^(?:ovs|state)-/)).toEqual(['ovs-port-error', 'state-missing-link']);
    await node.host.sh('rm /run/dan/attachments/*.json /run/kata-containers/dans/*.json');
    expect(await foundIn(node.host, /^(?:ovs|state)-/)).toEqual(['ovs-port-error', 'state-orphan-port']);
    await node.must('DEL', config);
    expect(await foundIn(node.host, /^(?:ovs|state)-/)).toEqual([]);
  });
});
