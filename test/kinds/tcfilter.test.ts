import { describe, expect, it } from 'vitest';

import { tcfilterHops, tcfilterRedirects } from '../../src/kinds/redirection.ts';
import { makeTcfilter, planTcfilter } from '../../src/kinds/tcfilter.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';
import { linkNamed, names, podOf } from './node.ts';
import { eth0, planFor, requestFor, viewWith } from './redirections.ts';

const { link: tap, altname, alias, linkMac: address, cookie, vethMacs } = names;
const [hostEnd, podEnd] = [`${tap}h`, `${tap}p`];

function marks(where: 'host' | 'pod', name: string, suffix: string, settings: object = {}) {
  return [
    { op: 'link-set', in: where, name, alias, ...settings },
    { op: 'altname-add', in: where, name, altname: `${altname}${suffix}` },
    { op: 'ipv6-off', in: where, name },
  ];
}

function redirect(where: 'host' | 'pod', from: string, to: string) {
  return [
    { op: 'ingress-add', in: where, name: from },
    { op: 'redirect', in: where, from, to, cookie },
  ];
}

describe('how a redirection comes to be', () => {
  it('with the tap on the host: tap and pair, marks, up, and the ingress of the link last', () => {
    expect(planFor('host').operations).toStrictEqual([
      { op: 'tap-add', in: 'host', name: tap, multiQueue: false, owner: 0 },
      {
        op: 'veth-add',
        in: 'host',
        host: { name: hostEnd, mac: vethMacs.host },
        far: { in: 'pod', name: podEnd, mac: vethMacs.far },
        mtu: 1500,
      },
      ...marks('host', tap, '', { address, mtu: 1500 }),
      ...marks('host', hostEnd, '-h'),
      ...marks('pod', podEnd, '-p'),
      { op: 'up', in: 'host', name: tap },
      { op: 'up', in: 'host', name: hostEnd },
      { op: 'up', in: 'pod', name: podEnd },
      ...redirect('host', hostEnd, tap),
      ...redirect('host', tap, hostEnd),
      ...redirect('pod', podEnd, 'eth0'),
      ...redirect('pod', 'eth0', podEnd),
      { op: 'dhcp-mirror', in: 'pod', from: 'eth0', to: podEnd, cookie },
    ]);
  });

  it('with the tap in the pod: no pair, and nothing on the host', () => {
    expect(planFor('pod').operations).toStrictEqual([
      { op: 'tap-add', in: 'pod', name: tap, multiQueue: false, owner: 0 },
      ...marks('pod', tap, '', { address, mtu: 1500 }),
      { op: 'up', in: 'pod', name: tap },
      ...redirect('pod', tap, 'eth0'),
      ...redirect('pod', 'eth0', tap),
      { op: 'dhcp-mirror', in: 'pod', from: 'eth0', to: tap, cookie },
    ]);
  });

  it.each(['host', 'pod'] as const)('with the tap in the %s is multi-queue exactly above one pair', (place) => {
    for (const queuePairs of [1, 2, 256] as QueuePairs[]) {
      expect(planFor(place, { queuePairs }).operations[0]).toMatchObject({ op: 'tap-add', multiQueue: queuePairs > 1 });
    }
  });

  it('sets the users that the configuration names', () => {
    const add = { op: 'tap-add', in: 'host', name: tap, multiQueue: false };
    expect(planFor('host', { group: 107 }).operations[0]).toStrictEqual({ ...add, group: 107 });
    expect(planFor('host', { owner: 7, group: 8 }).operations[0]).toStrictEqual({ ...add, owner: 7, group: 8 });
  });

  it('comes out of the record of the device alone', () => {
    const { device, operations } = planFor('host', { queuePairs: 4 as QueuePairs });
    expect(makeTcfilter(JSON.parse(JSON.stringify(device)) as typeof device, names)).toStrictEqual(operations);
  });
});

describe('the plan of a redirection', () => {
  it.each(['host', 'pod'] as const)('in the %s gives the guest MAC and MTU of the link', (place) => {
    const queueSize = 512 as QueueSize;
    const plan = planFor(place, { queuePairs: 4 as QueuePairs, queueSize }, { mtu: 9000 });
    expect(plan).toMatchObject({ guestMac: '02:5c:1e:07:9a:41', mtu: 9000, place, warnings: [] });
    expect(plan.attached).toEqual({ kind: 'host-tap', tapName: tap, queuePairs: 4, queueSize: 512 });
    expect(plan.source).toEqual({ ...eth0, mtu: 9000 });
    expect(plan.device).toMatchObject({ mac: address, mtu: 9000, master: 'eth0', cookie });
  });

  it('has the pair in the device only where the tap is on the host', () => {
    expect(planFor('host').device.veth).toEqual({
      host: { in: 'host', name: hostEnd, altname: `${altname}-h`, alias },
      pod: { in: 'pod', name: podEnd, altname: `${altname}-p`, alias },
    });
    expect(planFor('pod').device).not.toHaveProperty('veth');
  });

  it.each([68, 1280, 9600])('with the MTU %i sets it on tap and pair', (mtu) => {
    const { operations } = planFor('host', {}, { mtu });
    expect(operations.flatMap((operation) => ('mtu' in operation ? [operation.mtu] : []))).toEqual([mtu, mtu]);
  });

  it('remembers what the first queueing discipline changes: a txqueuelen of 0', () => {
    const { device } = planFor('host', {}, { queueLength: 0 });
    expect(device.masterQueueLength).toBe(0);
    expect(tcfilterRedirects(device)).toEqual([{ in: 'pod', link: 'eth0', index: 2, cookie, queueLength: 0 }]);
  });

  it('says that no frame passes while the link is down', () => {
    expect(planFor('host', {}, { up: false }).warnings).toEqual([
      "eth0 in the pod's namespace is down: no frame passes until it is up",
    ]);
  });

  it('has four hops with a pair, the link first, and two without', () => {
    expect(tcfilterHops(planFor('host').device)).toEqual([
      { in: 'pod', link: 'eth0', to: podEnd, cookie, mirrorsDhcp: true },
      { in: 'pod', link: podEnd, to: 'eth0', cookie },
      { in: 'host', link: tap, to: hostEnd, cookie },
      { in: 'host', link: hostEnd, to: tap, cookie },
    ]);
    expect(tcfilterHops(planFor('pod').device)).toEqual([
      { in: 'pod', link: 'eth0', to: tap, cookie, mirrorsDhcp: true },
      { in: 'pod', link: tap, to: 'eth0', cookie },
    ]);
  });

  it.each(['host', 'pod'] as const)('in the %s redirects exactly along its hops', (place) => {
    const { device, operations } = planFor(place);
    const redirects = operations.filter(({ op }) => op === 'redirect');
    const hops = tcfilterHops(device).map(({ in: where, link, to }) => {
      return { op: 'redirect', in: where, from: link, to, cookie };
    });
    expect(redirects).toHaveLength(hops.length);
    expect(redirects).toEqual(expect.arrayContaining(hops));
    expect(redirects.at(-1)).toEqual(hops[0]);
  });
});

describe('a link that cannot be redirected', () => {
  it('is one that is not there; those that are there are named', () => {
    const pod = podOf({ links: [linkNamed('lo'), linkNamed('net1')] });
    expect(() => planTcfilter(requestFor('host'), viewWith({}, { pod }))).toThrow(
      expect.objectContaining({
        name: 'master-missing',
        code: 116,
        message: expect.stringContaining('"eth0" does not exist in the pod\'s namespace, which has lo, net1'),
      }),
    );
  });

  it.each([
    [{ mac: '00:00:00:00:00:00' }, 'its MAC 00:00:00:00:00:00 must not be all zero'],
    [{ mac: undefined }, 'its MAC (none) must be six two-digit'],
    [{ mac: '01:00:5e:00:00:01' }, 'its MAC 01:00:5e:00:00:01 is a multicast address'],
    [{ mtu: 65535 }, 'its MTU 65535 must be 68 to 9600 bytes'],
    [{ mtu: 0 }, 'its MTU 0 must be 68 to 9600 bytes'],
  ])('is one with %j', (link, why) => {
    expect(() => planFor('host', {}, link)).toThrow(
      expect.objectContaining({
        name: 'pod-link-unusable',
        code: 118,
        message: expect.stringContaining(`eth0 in the pod's namespace cannot be attached: ${why}`),
      }),
    );
  });

  const filter = { kind: 'bpf', preference: 1, name: undefined, redirectsTo: undefined, cookie: undefined };
  const kata = linkNamed('tap0_kata');

  it.each([
    ['Cilium', ['clsact'], [{ ...filter, name: 'cil_from_container-eth0' }], []],
    ['Cilium', ['clsact'], [{ ...filter, name: 'bpf_lxc.o:[from-container]' }], []],
    [
      'Cilium',
      ['ingress'],
      [
        { ...filter, kind: 'u32' },
        { ...filter, name: 'cil_to_container' },
      ],
      [],
    ],
    ['Kata, whose virtual machine is started already', ['ingress'], [{ ...filter, kind: 'u32' }], [kata]],
    ['Kata, whose virtual machine is started already', ['ingress'], [], [linkNamed('tap12_kata')]],
    ['somebody unknown', ['ingress'], [], []],
    ['somebody unknown', ['clsact'], [{ ...filter, name: 'tracer' }], [linkNamed('tap_kata')]],
    ['somebody unknown', ['clsact'], [{ ...filter, kind: 'flower', name: 'cil_x' }], []],
    ['somebody unknown', ['ingress'], [{ ...filter, kind: 'u32', cookie }], []],
  ])('is one whose ingress is taken by %s: %j %j', (owner, disciplines, filters, links) => {
    const view = viewWith({}, { ingress: { disciplines, filters }, pod: podOf({ links: [eth0, ...links] }) });
    for (const place of ['host', 'pod'] as const) {
      expect(() => planTcfilter(requestFor(place), view)).toThrow(
        expect.objectContaining({
          name: 'ingress-taken',
          code: 117,
          message: expect.stringContaining(
            `"${disciplines[0]}" already; it looks like that of ${owner}, and was not touched`,
          ),
        }),
      );
    }
  });
});
