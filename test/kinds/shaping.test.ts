import { describe, expect, it } from 'vitest';
import { hostTap } from '../../src/kinds/host-tap.ts';
import { shaperFaults } from '../../src/kinds/shaping.ts';
import { planTcfilter } from '../../src/kinds/tcfilter.ts';
import { deviceFault } from '../../src/kinds/kinds.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { CniError } from '../../src/protocol/error.ts';
import { linkNamed, names } from './node.ts';
import { requestFor, viewWith } from './redirections.ts';
import { onOvs } from './switches.ts';
import { linkOf, planOf, tapOf } from './taps.ts';

const { link: name, altname, alias, cookie, linkMac: address } = names;
const ifb = { name: `${name}i`, altname: `${altname}-i` };
const pair = [`${name}h`, `${name}p`] as const;
const both = { ingressRate: 8e6, ingressBurst: 262_144, egressRate: 80e6, egressBurst: 2_621_440 };
const toPod = { ingressRate: 8e6, ingressBurst: 262_144 };
const fromPod = { egressRate: 8e6, egressBurst: 262_144 };
const slow = { rate: 1_000_000, burst: 32_768, limit: 57_768 };
const fast = { rate: 10_000_000, burst: 327_680, limit: 512_144 };

function refusalOf(attempt: () => unknown): { readonly code: unknown; readonly message: string } {
  try {
    attempt();
  } catch (error) {
    const { code, message } = error as CniError;
    return { code, message };
  }
  throw new Error('it was accepted');
}

describe('a tap on the host with limits', () => {
  it('has both kept before it joins the bridge, the ifb up before frames are led there', () => {
    const operations = planOf({ bandwidth: both }).operations.map((one) => ({ ...one, in: undefined }));
    const at = (op: string, link: string): object => ({ op, in: undefined, name: link });
    expect(operations).toEqual([
      expect.objectContaining(at('tap-add', name)),
      { ...at('link-set', name), alias, address, mtu: 1500 },
      { ...at('altname-add', name), altname },
      at('ipv6-off', name),
      { ...at('ifb-add', ifb.name), mac: address, mtu: 1500 },
      { ...at('link-set', ifb.name), alias },
      { ...at('altname-add', ifb.name), altname: ifb.altname },
      at('ipv6-off', ifb.name),
      { ...at('tbf-add', name), ...slow },
      { ...at('tbf-add', ifb.name), ...fast },
      at('up', ifb.name),
      at('ingress-add', name),
      { op: 'redirect', in: undefined, from: name, to: ifb.name, cookie },
      expect.objectContaining({ op: 'master' }),
      at('up', name),
    ]);
  });

  it('needs no ifb where only what the pod gets is limited', () => {
    const { operations, device } = planOf({ bandwidth: toPod });
    expect(operations.filter(({ op }) => /^(tbf|ifb|ingress|redirect)/.test(op))).toEqual([
      { op: 'tbf-add', in: 'host', name, ...slow },
    ]);
    expect(hostTap.links(device).map((link) => link.name)).toEqual([name]);
    expect(hostTap.hops(device)).toEqual([]);
  });

  it('has an ifb of its own, which DEL removes and CHECK looks at', () => {
    const device = tapOf({ bandwidth: fromPod });
    expect(hostTap.madeLinks(device).map((link) => link.name)).toEqual([name, ifb.name]);
    expect(hostTap.hops(device)).toEqual([{ in: 'host', link: name, to: ifb.name, cookie }]);
    expect(hostTap.shapers(device)).toEqual([{ in: 'host', link: ifb.name, limit: { rate: 8e6, burst: 262_144 } }]);
    const there = linkNamed(ifb.name, { kind: 'ifb', altnames: [ifb.altname], alias, mtu: 1500 });
    expect(hostTap.faults(device, [linkOf(device), there], undefined)).toEqual([]);
    expect(hostTap.faults(device, [linkOf(device)], undefined)).toEqual([`${ifb.name} is gone`]);
    expect(hostTap.faults(device, [linkOf(device), { ...there, up: false, mtu: 1400 }], undefined)).toEqual([
      `${ifb.name}: state is down, and was made up`,
      `${ifb.name}: MTU is 1400, and was made 1500`,
    ]);
  });

  it('is read again from its record as it was planned, and no other ifb is', () => {
    const device = tapOf({ bandwidth: both });
    expect(deviceFault(JSON.parse(JSON.stringify(device)), names)).toBeUndefined();
    expect(deviceFault({ ...device, ifb: { ...device.ifb, name: 'eth0' } }, names)).toBe('device.ifb');
    expect(deviceFault({ ...device, cookie: '00' }, names)).toBe('device.cookie');
    expect(deviceFault({ ...device, bandwidth: { egress: { rate: 7, burst: 1 } } }, names)).toBe('device.bandwidth');
  });

  it('without a record, may have left an ifb, or a pair', () => {
    expect(hostTap.strays(names, {}).links.map((link) => link.name)).toEqual([name, ifb.name, ...pair]);
  });

  it.each([
    [{ ingressRate: 8e6, ingressBurst: 12_111 }, '"ingressBurst" 12111 is less than a frame of the MTU 1500'],
    [{ egressRate: 8e6, egressBurst: 1 }, '"egressBurst" 1 is less than a frame of the MTU 1500'],
    [
      { ...fromPod, ingressRate: 8e6, ingressBurst: 1, egressBurst: 2 },
      '"ingressBurst" 1 and "egressBurst" 2 are less than a frame',
    ],
  ])('with %j, which passes no frame, is refused', (bandwidth, text) => {
    expect(refusalOf(() => planOf({ bandwidth }))).toEqual({ code: 161, message: expect.stringContaining(text) });
  });

  it('takes the least burst that passes a frame of its MTU', () => {
    expect(planOf({ bandwidth: { ingressRate: 8e6, ingressBurst: 12_112 } }).device.bandwidth).toBeDefined();
  });
});

describe('a tap with limits on an Open vSwitch', () => {
  const [inner, port] = pair;

  it.each([both, toPod, fromPod])(
    'is no port with %j: the far end of a pair is, and all is led through that',
    (bandwidth) => {
      const { device, operations } = planOf({ bandwidth }, onOvs());
      expect(device.port?.name).toBe(port);
      expect(hostTap.madeLinks(device).map((link) => link.name)).toEqual([name, inner, port]);
      expect(hostTap.hops(device)).toEqual([
        { in: 'host', link: name, to: inner, cookie },
        { in: 'host', link: inner, to: name, cookie },
      ]);
      const limited = Object.keys(bandwidth).filter((key) => key.endsWith('Rate'));
      expect(hostTap.shapers(device).map(({ link }) => link)).toEqual(
        limited.map((key) => (key === 'ingressRate' ? name : inner)),
      );
      // The switch gets its port last, when everything behind it is up.
      expect(operations.at(-1)).toMatchObject({ op: 'ovs-port-add', port: { name: port } });
      const ups = operations.flatMap((one) => (one.op === 'up' ? [one.name] : []));
      expect(ups).toEqual([inner, port, name]);
      expect(deviceFault(JSON.parse(JSON.stringify(device)), names)).toBeUndefined();
      expect(deviceFault({ ...device, veth: { ...device.veth, port: device.tap } }, names)).toBe('device.veth');
    },
  );

  it('has a pair of its own, which CHECK looks at', () => {
    const { device } = planOf({ bandwidth: both }, onOvs());
    const end = (letter: string): ReturnType<typeof linkNamed> =>
      linkNamed(`${name}${letter}`, { kind: 'veth', altnames: [`${altname}-${letter}`], alias, mtu: 1500 });
    const tap = linkOf(device);
    const far = { ...end('p'), master: 'ovs-system' };
    expect(hostTap.faults(device, [tap, end('h'), far], undefined)).toEqual([]);
    expect(hostTap.faults(device, [tap, { ...end('h'), mtu: 1400 }], undefined)).toEqual([
      `${inner}: MTU is 1400, and was made 1500`,
      `${port} is gone`,
    ]);
  });

  it('is refused where another port has the name of that end', () => {
    expect(() => planOf({ bandwidth: both }, onOvs({}, { takenNames: [port] }))).toThrow(
      `the port needs the name ${port}`,
    );
    expect(planOf({}, onOvs({}, { takenNames: [port] })).device.port?.name).toBe(name);
  });
});

describe('a redirection to a tap on the host', () => {
  const bandwidth = { ingress: { rate: 8e6, burst: 262_144 }, egress: { rate: 80e6, burst: 2_621_440 } };

  it('limits both directions on links of its own, before they are up', () => {
    const { device, operations } = planTcfilter(requestFor('host', { bandwidth }), viewWith());
    const limited = operations.filter(({ op }) => op === 'tbf-add');
    expect(limited).toEqual([
      { op: 'tbf-add', in: 'host', name, ...slow },
      { op: 'tbf-add', in: 'host', name: `${name}h`, ...fast },
    ]);
    const first = operations.findIndex(({ op }) => op === 'up');
    expect(operations.findLastIndex(({ op }) => op === 'tbf-add')).toBeLessThan(first);
    expect(deviceFault(JSON.parse(JSON.stringify(device)), names)).toBeUndefined();
  });

  it('refuses a burst that passes no frame of the link', () => {
    expect(
      refusalOf(() =>
        planTcfilter(requestFor('host', { bandwidth: { ingress: { rate: 8e6, burst: 1000 } } }), viewWith()),
      ).code,
    ).toBe(161);
  });
});

describe('a limit that CHECK looks at', () => {
  const shaper = { in: 'host', link: 'dan0' as InterfaceName, limit: { rate: 8e6, burst: 262_144 } } as const;

  it.each([
    [{ rate: 1_000_000, burst: 32_768 }, []],
    // `tc` prints whole microseconds.
    [{ rate: 1_000_000, burst: 32_767 }, []],
    [undefined, ['the limit of 8000000 bits a second at dan0 is gone']],
    [{ rate: 2_000_000, burst: 32_768 }, ['the limit at dan0 is 16000000 bits a second, and was made 8000000']],
    [{ rate: 1_000_000, burst: 40_000 }, ['the burst of the limit at dan0 is 320000 bits, and was made 262144']],
  ])('%j: %j', (there, faults) => {
    expect(shaperFaults(shaper, there)).toEqual(faults);
  });

  it('has a burst that the kernel cannot tell, where it takes more than 274 seconds', () => {
    const limit = { rate: 1e6, burst: 4_294_967_295 };
    expect(shaperFaults({ ...shaper, limit }, { rate: 125_000, burst: 21_474_835 })).toEqual([]);
  });
});
