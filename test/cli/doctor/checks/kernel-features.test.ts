import { describe, expect, test } from 'vitest';
import { readProbes } from '../../../../src/cli/doctor/facts/probes.ts';
import { facts, find, findAll, idsOf, network, networks, unasked } from '../made-up-facts.ts';

const all = `veth 0 
bridge 0 
tap 0 
altname 0 
macvtap 2 Error: Unknown device type. 
ingress 0 
u32 0 
mirred 1 
`;

test('what the probes printed is read line by line', () => {
  const probes = readProbes(all, undefined);
  expect(probes.tried).toEqual(['veth', 'bridge', 'tap', 'altname', 'macvtap', 'ingress', 'u32', 'mirred']);
  expect(probes.faults).toEqual({ macvtap: 'Error: Unknown device type.', mirred: 'exit code 1' });
});

describe('what the kernel cannot make', () => {
  test.each([
    ['kernel-tap', 'tap', 'modprobe tun', 'CONFIG_TUN', networks.hostTap],
    ['kernel-altname', 'altname', 'Linux 5.5 or later', '5.4', networks.macvtap],
    ['kernel-veth', 'veth', 'modprobe veth', 'CONFIG_VETH', networks.tcfilter],
    ['kernel-bridge', 'bridge', 'modprobe bridge', 'CONFIG_BRIDGE', networks.hostTap],
    ['kernel-macvtap', 'macvtap', 'modprobe macvtap', 'CONFIG_MACVTAP', networks.macvtap],
    ['kernel-ingress', 'ingress', 'modprobe sch_ingress', 'CONFIG_NET_SCH_INGRESS', networks.tcfilter],
    ['kernel-u32', 'u32', 'modprobe cls_u32', 'CONFIG_NET_CLS_U32', networks.tcfilter],
    ['kernel-tbf', 'tbf', 'modprobe sch_tbf', 'CONFIG_NET_SCH_TBF', networks.limited],
    ['kernel-ifb', 'ifb', 'modprobe ifb', 'CONFIG_IFB', networks.limited],
    ['kernel-mirred', 'mirred', 'modprobe act_mirred', 'CONFIG_NET_ACT_MIRRED', networks.tcfilter],
  ] as const)('%s is an error where a network needs it, with its cure', (id, feature, cure, option, settings) => {
    const probes = { tried: [feature], faults: { [feature]: 'Error: it says so.' }, hindrance: undefined };
    const [found] = find(id, facts({ kernel: { probes }, networks: [network('pods', settings)] }));
    expect(found).toMatchObject({ severity: 'error', seen: expect.stringContaining('"Error: it says so."') });
    expect(found?.seen).toContain('the network "pods" needs it');
    expect(found?.cure).toContain(cure);
    expect(found?.cure).toContain(option);
    const [idle] = find(id, facts({ kernel: { probes }, networks: [network('fast', networks.vhostUser)] }));
    expect(idle?.severity).toBe('note');
  });

  test('a filter is not blamed for the qdisc that it hangs at', () => {
    const probes = {
      tried: ['ingress', 'u32', 'mirred'] as const,
      faults: { ingress: 'no', u32: 'no', mirred: 'no' },
      hindrance: undefined,
    };
    const seen = facts({ kernel: { probes } });
    expect(unasked('kernel-u32', seen)).toContain('ingress');
    expect(unasked('kernel-mirred', seen)).toContain('u32');
    expect(find('kernel-ingress', seen)).toHaveLength(1);
  });

  test('without "tc", what it makes is not asked', () => {
    const probes = readProbes('tap 0 \n', 'the program "tc" is missing');
    expect(unasked('kernel-ingress', facts({ kernel: { probes } }))).toBe('the program "tc" is missing');
    expect(unasked('kernel-tap', facts({ kernel: { probes } }))).toBeUndefined();
  });
});

test('somebody else than root is told that not everything was looked at', () => {
  expect(find('kernel-user', facts())).toEqual([]);
  expect(find('kernel-user', facts({ kernel: { user: 1000 } }))).toMatchObject([{ severity: 'note' }]);
});

test('somebody else than root is told nothing of what is root’s alone', () => {
  const seen = facts({ kernel: { user: 1000 } });
  for (const id of idsOf('state-')) expect(unasked(id, seen)).toBe('only root can see it');
});

test('on a sound node nothing is found, whatever its networks', () => {
  const every = Object.entries(networks).map(([name, settings]) => network(name, settings));
  const bridge = facts().kernel.bridges;
  expect(bridge).toEqual([]);
  const sound = facts({ networks: every });
  expect(findAll('kernel-', sound)).toEqual([]);
});
