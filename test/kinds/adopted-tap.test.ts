import { describe, expect, it } from 'vitest';

import {
  madeLinksOf,
  deviceFaults,
  filesOf,
  linksOf,
  nameOf,
  planDevice,
  socketOf,
  tapOf,
} from '../../src/kinds/kinds.ts';
import { makeHostTap } from '../../src/kinds/host-tap.ts';
import { stepOf } from '../../src/host/operation-text.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import { isOfKernel } from '../../src/model/operation.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { linkNamed, names, nodeView } from './node.ts';
import { requestOf, tapOf as hostTap } from './taps.ts';

const device = 'tap-test' as InterfaceName;
const data = { type: 'tap', persist: true, multi_queue: false };
const there = (changes: object = {}) => linkNamed(device, { kind: 'tun', up: true, data, ...changes });

function adopt(changes: object = {}, pairs = 1, holders: readonly number[] = [], mtu = 1500) {
  const request = {
    ...requestOf({ bridge: null }),
    queuePairs: pairs as QueuePairs,
    mtu: mtu as Mtu,
    chosenName: device,
  };
  return planDevice(request, nodeView({ chosen: { link: there(changes), holders } }));
}

describe('a tap that is there', () => {
  it('is used as it is, and nothing of it is ever ours', () => {
    const { device: adopted, operations, attached, warnings } = adopt();
    expect(adopted).toEqual({ kind: 'adopted-tap', name: names.link, tapName: device, queuePairs: 1 });
    expect(attached).toEqual({ kind: 'host-tap', tapName: device, queuePairs: 1, queueSize: undefined });
    expect([operations, warnings]).toEqual([[], []]);
    expect(nameOf(adopted)).toBe(names.link);
    expect([linksOf(adopted), madeLinksOf(adopted), filesOf(adopted), deviceFaults(adopted, [], undefined)]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect([tapOf(adopted), socketOf(adopted)]).toEqual([undefined, undefined]);
  });

  it('may have the alias and the altnames of its owner', () => {
    expect(adopt({ alias: 'port 7 of Neutron', altnames: ['the-long-name-of-a-tap'] }).warnings).toEqual([]);
  });

  it.each([
    ['another MTU', { mtu: 1400 }, ['has the MTU 1400', 'ip link set tap-test mtu 1500']],
    ['that is down', { up: false }, ['is down', 'ip link set tap-test up']],
  ])('is not changed, and the operator is told: %s', (_what, changes, words) => {
    const { warnings } = adopt(changes);
    expect(warnings).toHaveLength(1);
    for (const word of words) expect(warnings[0]).toContain(word);
  });

  it.each([
    [false, 1],
    [true, 2],
    [true, 256],
  ])('has the queue mode that Kata opens it with: multi_queue %s for %i pairs', (multiQueue, pairs) => {
    expect(adopt({ data: { ...data, multi_queue: multiQueue } }, pairs).device).toMatchObject({
      kind: 'adopted-tap',
      queuePairs: pairs,
    });
  });

  it.each<[string, object, number, number[], string]>([
    ['another queue mode', { data: { ...data, multi_queue: true } }, 1, [], 'is multi-queue, and "queues" is 1'],
    ['another queue mode', {}, 2, [], 'is not multi-queue, and "queues" is 2'],
    ['a link of another kind', { kind: 'veth', data: {} }, 1, [], 'is a veth, and no tap'],
    ['a link of hardware', { kind: undefined, data: {} }, 1, [], 'is a device, and no tap'],
    ['a tun', { data: { ...data, type: 'tun' } }, 1, [], 'is a tun, and no tap'],
    ['one that goes with its program', { data: { ...data, persist: false } }, 1, [], 'goes away with the program'],
    ['one that is open', {}, 1, [7, 11], 'is open in the process 7, 11'],
    ['another name of one', { name: 'tap0', altnames: [device] }, 1, [], 'is only another name of tap0'],
    [
      'a tap of CNI',
      { alias: 'dan:kata-net:sandbox-9:eth0' },
      1,
      [],
      'made for sandbox sandbox-9 ("eth0" of "kata-net")',
    ],
    ['a tap of another sandbox', { altnames: [names.altname] }, 1, [], 'that dan made for another sandbox'],
  ])('is refused: %s', (_what, changes, pairs, holders, why) => {
    expect(() => adopt(changes, pairs, holders)).toThrow(
      expect.objectContaining({ name: 'device-unusable', code: 128, message: expect.stringContaining(why) as string }),
    );
  });
});

describe('a tap with a name that somebody chose', () => {
  const chosen = { ...hostTap({ bridge: null }), chosenName: device };

  it('is planned where no link has the name, and attached by it', () => {
    const plan = planDevice({ ...requestOf({ bridge: null }), chosenName: device }, nodeView());
    expect(plan.device).toEqual(chosen);
    expect(plan.attached).toMatchObject({ kind: 'host-tap', tapName: device });
  });

  it('gets it when it is marked, before it is up', () => {
    const lines = makeHostTap(chosen, names, undefined).flatMap((operation) =>
      isOfKernel(operation) ? [stepOf(operation)] : [],
    );
    const texts = lines.map((step) => (step.by === 'sysctl' ? step.path : step.line));
    expect(texts).toEqual([
      expect.stringMatching(`^tuntap add dev ${names.link} `),
      expect.stringMatching(`^link set dev ${names.link} .* alias `),
      `link property add dev ${names.link} altname ${names.altname}`,
      `/proc/sys/net/ipv6/conf/${names.link}/disable_ipv6`,
      `link set dev ${names.link} name ${device}`,
      `link set dev ${device} up`,
    ]);
  });

  it('is known by it, and, before it is marked, by the derived one alone', () => {
    expect(linksOf(chosen)).toEqual([{ ...chosen.tap, name: device }]);
    expect(madeLinksOf(chosen)).toEqual([chosen.tap]);
    expect(nameOf(chosen)).toBe(names.link);
    expect(deviceFaults(chosen, [], undefined)).toEqual([`tap ${device} is gone`]);
  });
});
