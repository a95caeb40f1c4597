import { describe, expect, test } from 'vitest';
import type { BridgeFacts } from '../../../../src/cli/doctor/facts/bridges.ts';
import { droppingChain, type Forwarding, translatorsIn } from '../../../../src/cli/doctor/facts/bridges.ts';
import { toLink } from '../../../../src/host/iproute/answers.ts';
import type { InterfaceName } from '../../../../src/model/interface-name.ts';
import { defaultOvsDatabase } from '../../../../src/model/ovs.ts';
import type { JsonObject } from '../../../../src/json/object.ts';
import { facts, find, network, networks, unasked } from '../made-up-facts.ts';

const pods = network('pods', networks.hostTap);

function bridge(data: JsonObject, flags: readonly string[] = ['UP'], kind = 'bridge'): BridgeFacts {
  const link = toLink({ ifindex: 3, ifname: 'br0', flags, linkinfo: { info_kind: kind, info_data: data } });
  return { ...gone, link };
}

const gone: BridgeFacts = {
  ...{ name: 'br0' as InterfaceName, networks: ['pods'], withoutHairpin: ['pods'], link: undefined, ports: 0 },
};

describe('the bridge of a network', () => {
  test('that is missing is an error with the commands that make it', () => {
    const [found] = find('kernel-bridge-missing', facts({ networks: [pods], kernel: { bridges: [gone] } }));
    expect(found).toMatchObject({ severity: 'error', seen: 'the bridge br0 of the network "pods" does not exist' });
    expect(found?.cure).toContain('ip link add br0 type bridge');
  });

  test('that Open vSwitch has is not missing', () => {
    const view = {
      version: '3.1.0',
      interfaceTypes: [],
      userspaceTso: false,
      dpdk: { isWanted: false, isRunning: false },
      bridges: [
        { name: 'br0' as InterfaceName, datapath: 'system' as const, mtu: 1500, mtuIsSet: false, fault: undefined },
      ],
      failed: [],
    };
    const ovs = { switches: [{ database: defaultOvsDatabase, view, process: undefined }] };
    expect(find('kernel-bridge-missing', facts({ kernel: { bridges: [gone] }, ovs }))).toEqual([]);
  });

  test('that is another kind of link is no bridge', () => {
    const bridges = [bridge({}, ['UP'], 'dummy')];
    expect(find('kernel-bridge-missing', facts({ kernel: { bridges } }))[0]?.seen).toContain('is not a bridge');
  });

  test('that is down is an error', () => {
    const bridges = [bridge({}, [])];
    expect(find('kernel-bridge-down', facts({ kernel: { bridges } }))).toMatchObject([
      { severity: 'error', cure: expect.stringContaining('ip link set br0 up') },
    ]);
  });

  test('that is sound has no finding', () => {
    const seen = facts({ kernel: { bridges: [bridge({ stp_state: 0, forward_delay: 1500 })] } });
    for (const id of ['kernel-bridge-missing', 'kernel-bridge-down', 'kernel-stp']) expect(find(id, seen)).toEqual([]);
  });

  test.each([
    [1022, []],
    [1023, [{ severity: 'error', seen: 'the bridge br0 has the 1023 ports that the kernel gives a bridge' }]],
  ])('with %i ports', (ports, found) => {
    const seen = facts({ kernel: { bridges: [{ ...bridge({}), ports }] } });
    expect(find('kernel-bridge-full', seen)).toMatchObject(found);
  });

  test('is not asked about where only files are looked at, or none is named', () => {
    expect(unasked('kernel-stp', facts({ kernel: { bridges: undefined } }))).toBe('only files are looked at');
    expect(unasked('kernel-stp', facts())).toContain('no network names a bridge');
    expect(unasked('kernel-stp', facts({ kernel: { bridges: 'ip failed' } }))).toContain('ip failed');
  });
});

describe('the spanning tree protocol', () => {
  test('makes a guest unreachable for twice the forward delay', () => {
    const bridges = [bridge({ stp_state: 1, forward_delay: 1500 })];
    const [found] = find('kernel-stp', facts({ kernel: { bridges } }));
    expect(found).toMatchObject({ severity: 'warning', seen: expect.stringContaining('unreachable for 30 s') });
    expect(found?.cure).toContain('stp_state 0');
    expect(found?.cure).toContain('forward_delay 200');
  });

  test('cannot be made quicker than 2 s', () => {
    const bridges = [bridge({ stp_state: 1, forward_delay: 200 })];
    expect(find('kernel-stp', facts({ kernel: { bridges } }))[0]?.cure).not.toContain('forward_delay 200');
  });
});

describe('the packet filter of the host', () => {
  const forwarding = (rules: readonly string[], more: Partial<Forwarding> = {}): Forwarding => ({
    family: 4,
    sysctl: '/proc/sys/net/bridge/bridge-nf-call-iptables',
    dropsBy: 'iptables -S FORWARD',
    rules,
    translators: [],
    ...more,
  });
  const ask = (one: Forwarding) =>
    find('kernel-bridge-netfilter', facts({ kernel: { bridges: [bridge({})], forwarding: [one] } }));

  test('drops frames between pods where nothing lets them pass', () => {
    const [found] = ask(forwarding(['-P FORWARD DROP', '-A FORWARD -o docker0 -j DOCKER']));
    expect(found).toMatchObject({
      severity: 'warning',
      seen: expect.stringContaining('net.bridge.bridge-nf-call-iptables is 1'),
    });
    expect(found?.cure).toContain('iptables -I FORWARD -i br0 -o br0 -j ACCEPT');
  });

  test('of IPv6 has a program of its own', () => {
    const six = forwarding([], { family: 6, sysctl: '/proc/sys/net/bridge/bridge-nf-call-ip6tables' });
    expect(ask(six)[0]?.cure).toContain('ip6tables -I FORWARD');
  });

  test.each([
    ['-A FORWARD -i br0 -o br0 -j ACCEPT'],
    ['-A FORWARD -j ACCEPT'],
    ['-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT'],
    ['iifname "br0" oifname "br0" counter packets 0 bytes 0 accept'],
  ])('lets them pass by %s', (rule) => {
    expect(ask(forwarding(['-P FORWARD DROP', rule]))).toEqual([]);
  });

  test.each([
    ['-A FORWARD -i br0 ! -o br0 -j DROP'],
    ['-A FORWARD ! -i br0 -j ACCEPT'],
    ['-A FORWARD -i br01 -j ACCEPT'],
    ['-A FORWARD -i br0 ! -o br0 -j ACCEPT'],
    ['iifname "br0" oifname != "br0" accept'],
    ['-A FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
  ])('does not by %s', (rule) => {
    expect(ask(forwarding(['-P FORWARD DROP', rule]))).toHaveLength(1);
  });

  test('is of no matter where it drops nothing', () => {
    expect(ask(forwarding([], { dropsBy: undefined }))).toEqual([]);
  });

  test('leads a pod that asks its own Service to itself, which takes a port that sends frames back', () => {
    const ask = (translators: readonly string[], more: Partial<BridgeFacts> = {}) => {
      const bridges = [{ ...bridge({}), ...more }];
      return find(
        'kernel-bridge-hairpin',
        facts({ kernel: { bridges, forwarding: [forwarding([], { translators })] } }),
      );
    };
    expect(ask(['kube-proxy', 'portmap'])).toMatchObject([
      {
        severity: 'note',
        seen: expect.stringContaining('has rules of kube-proxy and portmap; ports of the bridge br0'),
      },
    ]);
    expect(ask(['kube-proxy'], { withoutHairpin: [] })).toEqual([]);
    expect(ask([])).toEqual([]);
  });

  test.each([
    ['-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES', ['kube-proxy']],
    ['nat PREROUTING\nnat KUBE-SERVICES\nnat CNI-HOSTPORT-DNAT', ['kube-proxy', 'portmap']],
    ['kube-proxy nat-prerouting', ['kube-proxy']],
    ['cni_hostport hostports', ['portmap']],
    ['nat PREROUTING\nfilter KUBE-FORWARD', []],
  ])('has rules by %j of %j', (text, who) => {
    expect(translatorsIn(text)).toEqual(who);
  });

  test('drops by the chain at the hook, whatever its name', () => {
    const chain = (more: object) => ({
      chain: { family: 'inet', table: 'fw', name: 'fwd', hook: 'forward', policy: 'drop', ...more },
    });
    const answer = (...chains: object[]) => JSON.stringify({ nftables: [{ metainfo: {} }, ...chains] });
    expect(droppingChain(answer(chain({})), 'ip')).toMatchObject({ family: 'inet', table: 'fw', name: 'fwd' });
    expect(droppingChain(answer(chain({ policy: 'accept' })), 'ip')).toBeUndefined();
    expect(droppingChain(answer(chain({ hook: 'input' })), 'ip')).toBeUndefined();
    expect(droppingChain(answer(chain({ family: 'ip' })), 'ip6')).toBeUndefined();
  });
});
