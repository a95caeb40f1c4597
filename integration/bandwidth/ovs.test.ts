import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { programs } from '../harness/plugin.ts';
import { randomFrom, seed } from '../harness/seed.ts';
import { networkConfig } from '../host-tap/network.ts';
import { type OvsNode, portOf } from '../ovs/node.ts';
import { expectRates, limitsOf, nodeWithCable } from './flow.ts';

const bits = 100e6;
const guest = '02:00:00:00:00:05';
const config = networkConfig({ runtimeConfig: { bandwidth: limitsOf(bits) }, mac: guest });
const withPrevious = (prevResult: unknown): object => ({ ...config, prevResult });

describe('a tap with limits on an Open vSwitch', () => {
  let node: OvsNode;
  let before: readonly string[];

  beforeAll(async () => {
    node = await nodeWithCable();
    before = await node.traces();
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await node.traces()).toEqual(before);
  });

  test('keeps them when the switch is restarted, and CHECK succeeds', async () => {
    const added = await node.must('ADD', config);
    await node.must('CHECK', withPrevious(added.json));
    await node.ovs.stopSwitch();
    await node.ovs.startSwitch();
    await node.must('CHECK', withPrevious(added.json));
    await expectRates(node.host, { tap: portOf(added), guest }, { bits, mtu: 1500 });
    await node.must('DEL', config);
  });

  test.each([
    ['tc qdisc del dev $tap root', 'the limit of 100000000 bits a second at $tap is gone'],
    ['tc qdisc del dev ${tap}h root', 'the limit of 100000000 bits a second at ${tap}h is gone'],
    ['tc qdisc del dev $tap ingress', 'the redirect from $tap to ${tap}h is gone'],
    ['tc qdisc del dev ${tap}h ingress', 'the redirect from ${tap}h to $tap is gone'],
    ['ip link set ${tap}p down', '${tap}p: state is down, and was made up'],
    ['ip link del ${tap}h', '${tap}p is gone'],
    ['ovs-vsctl del-port ${tap}p', 'port ${tap}p of the Open vSwitch bridge br0 is gone'],
  ])('after "%s", CHECK says what is wrong, and DEL leaves nothing', async (change, says) => {
    for (const program of Object.values(programs)) {
      const added = await node.must('ADD', config, { program });
      const tap = portOf(added);
      await node.must('CHECK', withPrevious(added.json), { program });
      await node.host.sh(`tap=${tap}; ${change}`);
      const found = await node.call('CHECK', withPrevious(added.json), { program });
      expect(found.json['msg'], found.stdout).toContain(says.replaceAll('${tap}', tap).replaceAll('$tap', tap));
      await node.must('DEL', config, { program });
      expect(await node.traces()).toEqual(before);
    }
  });

  test.each([
    ['DEL', 'rm /run/dan/attachments/*'],
    ['GC', ':'],
    ['GC', 'rm /run/dan/attachments/* /run/kata-containers/dans/*'],
    ['GC', 'rm /run/dan/attachments/* /run/kata-containers/dans/*; ip link del ${tap}h; ip link del $tap'],
  ] as const)('is removed by %s after "%s"', async (command, lost) => {
    const added = await node.must('ADD', config);
    await node.host.sh(`tap=${portOf(added)}; ${lost}`);
    await node.must(command, command === 'GC' ? { ...config, 'cni.dev/valid-attachments': [] } : config);
    expect(await node.traces()).toEqual(before);
  });

  test(`comes and goes in any order for ${effort.seconds} s, and nothing is left (DAN_SEED=${seed})`, {
    timeout: (effort.seconds + 110) * 1000,
  }, async () => {
    const random = randomFrom(seed);
    const pods = Array.from({ length: 8 }, (_, at) => ({ sandbox: `sandbox-${at}`, ifname: 'eth0' }));
    const own = networkConfig({ bandwidth: limitsOf(bits) });
    const results = new Map<string, unknown>();
    const busy = new Set<string>();
    const end = Date.now() + effort.seconds * 1000;
    const act = async (): Promise<void> => {
      while (Date.now() < end) {
        const free = pods.filter(({ sandbox }) => !busy.has(sandbox));
        const pod = free[Math.floor(random() * free.length)]!;
        busy.add(pod.sandbox);
        const prevResult = results.get(pod.sandbox);
        if (prevResult === undefined) {
          results.set(pod.sandbox, (await node.must('ADD', own, pod)).json);
        } else {
          await node.must('CHECK', { ...own, prevResult }, pod);
          await node.must('DEL', own, pod);
          results.delete(pod.sandbox);
        }
        busy.delete(pod.sandbox);
      }
    };
    await Promise.all([act(), act(), act(), act()]);
    for (const pod of pods) await node.must('DEL', own, pod);
    expect(await node.traces()).toEqual(before);
  });
});
