import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { sendBetween } from '../guest/transfer.ts';
import { isSoak } from '../harness/effort.ts';
import { eventually } from '../harness/eventually.ts';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode } from '../ovs/node.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';

/** A sandbox by its number, which is the end of its address, and the different keys of its network. */
interface Pod {
  readonly number: number;
  readonly changes?: Readonly<Record<string, unknown>>;
}

const sandboxOf = ({ number }: Pod): string => `sandbox-${number}`;

const configOf = ({ number, changes }: Pod): object =>
  networkConfig({ device: 'vhost-user', addresses: [`10.88.0.${number}/24`], routes: [], ...changes });

describe.each(['no-huge', 'hugepages'] as const)('guests on an Open vSwitch with DPDK (%s)', (dpdk) => {
  let node: OvsNode;
  let before: readonly string[];

  beforeAll(async () => {
    node = await OvsNode.create({ dpdk, userspaceTso: true });
    for (const number of [11, 12, 13]) await node.host.podNetns(`sandbox-${number}`);
    before = await node.traces();
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await node.traces()).toEqual(before);
  });

  const more = (pod: Pod): object => ({ sandbox: sandboxOf(pod), netns: `/run/netns/${sandboxOf(pod)}` });
  const boot = (pod: Pod): Promise<Guest> =>
    bootFromFile({ host: node.host, file: `/run/kata-containers/dans/${sandboxOf(pod)}.json` });

  test('two reach each other from their DAN files, 16 MiB of TCP arrive whole, and the switch may be restarted', async () => {
    const pods = [{ number: 11 }, { number: 12, changes: { queues: 2 } }] as const;
    await node.must('STATUS', configOf(pods[0]));
    const added = [];
    for (const pod of pods) added.push(await node.must('ADD', configOf(pod), more(pod)));
    {
      await using one = await boot(pods[0]);
      await using two = await boot(pods[1]);
      await one.text('ping -c 2 -W 5 10.88.0.12');
      await two.text('ping -c 2 -W 5 10.88.0.1');
      const { sent, received } = await sendBetween(one, two, '10.88.0.12', 16);
      expect(received).toBe(sent);
      expect(await two.text('ls -d /sys/class/net/eth0/queues/rx-* | wc -l')).toBe('2');
      for (const [at, pod] of pods.entries()) {
        await node.must('CHECK', { ...configOf(pod), prevResult: added[at]?.json }, more(pod));
      }
      await node.ovs.stopSwitch();
      await node.ovs.startSwitch();
      await eventually('the other guest', () => one.text('ping -c 1 -W 1 10.88.0.12'));
    }
    for (const pod of pods) await node.must('DEL', configOf(pod), more(pod));
  });

  // The memory of a switch changes nothing about its VLANs: the soak tries both.
  test.runIf(dpdk === 'no-huge' || isSoak)(
    'those in one VLAN reach each other, and not the one in another',
    async () => {
      const pods = [
        { number: 11, changes: { vlan: 20 } },
        { number: 12, changes: { vlan: 20 } },
        { number: 13, changes: { vlan: 30 } },
      ] as const;
      for (const pod of pods) await node.must('ADD', configOf(pod), more(pod));
      {
        await using one = await boot(pods[0]);
        await using _two = await boot(pods[1]);
        await using _three = await boot(pods[2]);
        await one.text('ping -c 2 -W 5 10.88.0.12');
        await expect(one.text('ping -c 2 -W 2 10.88.0.13')).rejects.toThrow('100% packet loss');
      }
      for (const pod of pods) await node.must('DEL', configOf(pod), more(pod));
    },
  );
});
