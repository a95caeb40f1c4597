import { describe, expect, it } from 'vitest';

import type { Plan } from '../../src/kinds/device.ts';
import { type Macvtap, macvtapFaults, makeMacvtap, planMacvtap } from '../../src/kinds/macvtap.ts';
import { type MacvtapMode, macvtapModes } from '../../src/kinds/macvtap-mode.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';
import { linkNamed, names, podOf } from './node.ts';
import { eth0, viewWith } from './redirections.ts';

const { link: name, altname, alias } = names;
const mac = '02:5c:1e:07:9a:41';
const master = 'eth0' as InterfaceName;
const node = `/run/dan/macvtap/${name}`;
const plain = { device: 'macvtap', queuePairs: 1 as QueuePairs, queueSize: undefined, master } as const;

function planFor(mode: MacvtapMode, link: Partial<Link> = {}): Plan<Macvtap> {
  return planMacvtap({ ...plain, mode }, viewWith(link));
}

const marked = [
  { op: 'link-set', in: 'pod', name, alias },
  { op: 'altname-add', in: 'pod', name, altname },
  { op: 'ipv6-off', in: 'pod', name },
  { op: 'allmulticast', in: 'pod', name },
];
const flush = { op: 'addresses-flush', in: 'pod', name: 'eth0' };
const up = { op: 'up', in: 'pod', name };

describe('how a macvtap comes to be', () => {
  it.each(['bridge', 'private', 'vepa'] as const)(
    'in the mode %s takes the MAC of the link, which gets another',
    (mode) => {
      expect(planFor(mode).operations).toStrictEqual([
        flush,
        { op: 'link-set', in: 'pod', name: 'eth0', address: names.guestMac },
        { op: 'macvtap-add', in: 'pod', name, master: 'eth0', mac, mtu: 1500, mode },
        ...marked,
        up,
      ]);
    },
  );

  it('in the mode passthru leaves the link its MAC and addresses: both have the same', () => {
    const { device, operations } = planFor('passthru');
    expect(operations).toStrictEqual([
      { op: 'macvtap-add', in: 'pod', name, master: 'eth0', mac, mtu: 1500, mode: 'passthru' },
      ...marked,
      up,
    ]);
    expect(device).not.toHaveProperty('masterMac');
  });

  it.each(macvtapModes)('in the mode %s comes out of the record of the device alone', (mode) => {
    const { device, operations } = planFor(mode, { mtu: 9000 });
    expect(makeMacvtap(JSON.parse(JSON.stringify(device)) as Macvtap)).toStrictEqual(operations);
  });
});

describe('the plan of a macvtap', () => {
  it('in the mode passthru is refused on a macvlan, on which the kernel makes none', () => {
    const view = viewWith({ kind: 'macvlan' });
    expect(() => planMacvtap({ ...plain, mode: 'passthru' }, view)).toThrow(
      expect.objectContaining({ name: 'pod-link-unusable', message: expect.stringContaining('"mode": "bridge"') }),
    );
    expect(() => planMacvtap({ ...plain, mode: 'bridge' }, view)).not.toThrow();
  });

  it.each(macvtapModes)('in the mode %s gives the guest MAC and MTU of the link, and the file its node', (mode) => {
    const request = { ...plain, mode, queuePairs: 4 as QueuePairs, queueSize: 512 as QueueSize, group: 107 };
    const plan = planMacvtap(request, viewWith({ mtu: 9000 }));
    expect(plan).toMatchObject({ guestMac: mac, mtu: 9000, place: 'pod', warnings: [] });
    expect(plan.source).toEqual({ ...eth0, mtu: 9000 });
    expect(plan.attached).toEqual({ kind: 'macvtap', tapName: name, queuePairs: 4, queueSize: 512, path: node, mode });
    expect(plan.device).toEqual({
      kind: 'macvtap',
      tap: { in: 'pod', name, altname, alias },
      mac,
      mtu: 9000,
      queuePairs: 4,
      group: 107,
      master: 'eth0',
      mode,
      node,
      ...(mode === 'passthru' ? {} : { masterMac: names.guestMac }),
    });
  });

  it('gives root the node where nobody is named', () => {
    expect(planFor('bridge').device).toMatchObject({ owner: 0 });
  });

  it('says that no frame passes while the link is down', () => {
    expect(planFor('bridge', { up: false }).warnings).toEqual([
      "eth0 in the pod's namespace is down: no frame passes until it is up",
    ]);
  });

  it.each([
    [{ name: 'net1' }, 'master-missing', 116, 'the link "eth0" does not exist in the pod\'s namespace, which has net1'],
    [{ mac: '00:00:00:00:00:00' }, 'pod-link-unusable', 118, 'its MAC 00:00:00:00:00:00 must not be all zero'],
    [{ mac: undefined }, 'pod-link-unusable', 118, 'its MAC (none) must be six'],
    [{ mtu: 65535 }, 'pod-link-unusable', 118, 'its MTU 65535 must be 68 to 9600'],
  ])('is none for a link with %j', (link, error, code, message) => {
    expect(() => planFor('bridge', link)).toThrow(
      expect.objectContaining({ name: error, code, message: expect.stringContaining(message) }),
    );
  });

  it('does not care what stands at the ingress of the link', () => {
    const view = viewWith({}, { ingress: { disciplines: ['clsact'], filters: [] }, pod: podOf({ links: [eth0] }) });
    expect(planMacvtap({ ...plain, mode: 'bridge' }, view).operations).toHaveLength(8);
  });
});

describe('what of a macvtap is not as it was made', () => {
  const { device } = planFor('bridge');
  const data = { mode: 'bridge' };
  const sound = linkNamed(name, { altnames: [altname], alias, mac, kind: 'macvtap', data });

  it('nothing', () => {
    expect(macvtapFaults(device, sound)).toEqual([]);
  });

  it.each([
    [{ alias: undefined }, `alias is none, and was made ${alias}`],
    [{ kind: 'macvlan' }, 'kind is macvlan, and was made macvtap'],
    [{ mac: names.guestMac }, `MAC is ${names.guestMac}, and was made ${mac}`],
    [{ mtu: 1400 }, 'MTU is 1400, and was made 1500'],
    [{ up: false }, 'state is down, and was made up'],
    [{ data: { mode: 'vepa' } }, 'mode is vepa, and was made bridge'],
  ])('%j', (changes, fault) => {
    expect(macvtapFaults(device, { ...sound, ...changes })).toEqual([`macvtap ${name}: ${fault}`]);
  });

  it('everything: it is gone', () => {
    expect(macvtapFaults(device, undefined)).toEqual([`macvtap ${name} is gone`]);
  });
});
