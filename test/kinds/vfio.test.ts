import { describe, expect, it } from 'vitest';

import type { NodeView } from '../../src/kinds/device.ts';
import type { VfioRequest } from '../../src/kinds/function-settings.ts';
import { deviceFault } from '../../src/kinds/kinds.ts';
import { functionFaults, planVfio, type Vfio } from '../../src/kinds/vfio.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Mac } from '../../src/model/mac.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import type { PciAddress } from '../../src/model/pci.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import type { FunctionUser, PciFunction } from '../../src/model/virtual-function.ts';
import { functionOf, row } from './functions.ts';
import { names, nodeView } from './node.ts';

const master = 'enp1s0f0' as InterfaceName;
const address = '0000:01:10.0' as PciAddress;
const other = '0000:01:10.2' as PciAddress;

function requestOf(changes: Partial<VfioRequest> = {}): VfioRequest {
  return {
    ...{ device: 'vfio', mac: undefined, mtu: undefined, address, master: undefined, settings: {}, bindDriver: false },
    ...{ queuePairs: 1 as QueuePairs, queueSize: undefined },
    ...changes,
  };
}

function planFor(changes: Partial<VfioRequest>, functions: readonly PciFunction[], view: Partial<NodeView> = {}) {
  return planVfio(requestOf(changes), nodeView({ functions, hasVfioDriver: true, ...view }));
}

const set = (changes: readonly object[]): object => ({
  ...{ op: 'function-set', in: 'host', link: master, number: 0, driver: 'igb' },
  tells: ['mac', 'vlan', 'vlanQoS', 'vlanProto', 'spoofchk', 'trust', 'linkState', 'minTxRate', 'maxTxRate'],
  changes,
});

describe('the plan of a virtual function', () => {
  it('that virtual machines get already sets its MAC alone, and keeps the driver', () => {
    const plan = planFor({}, [functionOf()]);
    expect(plan.operations).toStrictEqual([set([{ set: 'mac', mac: names.guestMac }])]);
    expect(plan).toMatchObject({
      attached: { kind: 'vfio', address },
      ...{ guestMac: names.guestMac, mtu: 1500, place: 'host', exclusives: [], source: undefined, warnings: [] },
    });
    expect(plan.device).toStrictEqual({
      ...{ kind: 'vfio', name: names.link, mtu: 1500 },
      function: {
        ...{ address, group: 6, physical: { address: '0000:01:00.0', link: master }, number: 0 },
        set: { mac: names.guestMac },
        before: { mac: row.mac },
      },
    });
  });

  it('gives it to vfio-pci first, then sets what is asked for, and keeps what was before', () => {
    const settings = {
      vlan: 100,
      vlanQoS: 3,
      vlanProto: '802.1q',
      spoofchk: 'off',
      trust: 'on',
      maxTxRate: 100,
    } as const;
    const mac = '02:5c:1e:07:9a:41' as Mac;
    const found = functionOf({ driver: 'igbvf', override: undefined });
    const plan = planFor({ mac, settings, bindDriver: true, mtu: 1400 as Mtu }, [found]);
    expect(plan.operations).toStrictEqual([
      { op: 'driver-bind', in: 'host', address, driver: 'vfio-pci', from: 'igbvf' },
      set([
        { set: 'mac', mac },
        { set: 'vlan', vlan: 100, vlanQoS: 3, vlanProto: '802.1q' },
        { set: 'spoofchk', to: 'off' },
        { set: 'trust', to: 'on' },
        { set: 'rate', minTxRate: 0, maxTxRate: 100 },
      ]),
    ]);
    expect(plan.device.function).toMatchObject({
      set: { mac, ...settings },
      before: { mac: row.mac, vlan: 0, vlanQoS: 0, vlanProto: '802.1q', spoofchk: 'on', trust: 'off', maxTxRate: 0 },
      driver: { before: 'igbvf', override: '' },
    });
    expect(plan.mtu).toBe(1400);
  });

  it('does not ask the driver for what it has already', () => {
    const { operations } = planFor({ settings: { linkState: 'auto', spoofchk: 'on' } }, [functionOf()]);
    expect(operations).toStrictEqual([set([{ set: 'mac', mac: names.guestMac }])]);
  });

  it('sets the MAC also where the card has it: the function’s own driver may have told it, which others can change', () => {
    const { operations } = planFor({}, [functionOf({ row: { ...row, mac: names.guestMac } })]);
    expect(operations).toStrictEqual([set([{ set: 'mac', mac: names.guestMac }])]);
  });

  it('takes the first of a physical function that is free', () => {
    const taken: FunctionUser = { is: 'attachment', owner: { network: 'a', sandbox: 'b', ifname: 'c' } };
    const functions = [functionOf({ user: taken }), functionOf({ address: other, number: 1 })];
    const { device } = planFor({ address: undefined, master }, functions);
    expect(device.function).toMatchObject({ address: other, number: 1 });
  });

  it('says so where the physical function is down', () => {
    const physical = { ...functionOf().physical!, up: false };
    expect(planFor({}, [functionOf({ physical })]).warnings).toEqual([
      'the physical function enp1s0f0 is down: no frame passes until it is up ("ip link set dev enp1s0f0 up")',
    ]);
  });
});

describe('a virtual function is refused', () => {
  const use = (user: FunctionUser): Partial<PciFunction> => ({ user });
  it.each<[string, Partial<PciFunction>, Partial<VfioRequest>, string, string]>([
    ['that is a physical one', { physical: undefined }, {}, 'function-unusable', 'is no virtual function'],
    ['without IOMMU', { group: undefined }, {}, 'function-unusable', 'intel_iommu=on'],
    [
      'in a group of several',
      { companions: ['0000:01:10.2'] },
      {},
      'function-unusable',
      'shares its IOMMU group 6 with 0000:01:10.2',
    ],
    ['with another driver', { driver: 'iavf' }, {}, 'function-unusable', 'say "bindDriver": true'],
    ['without a driver', { driver: undefined }, {}, 'function-unusable', 'say "bindDriver": true'],
    ['whose card tells nothing', { row: undefined }, {}, 'function-unusable', 'tells nothing about its functions'],
    [
      'that another attachment has',
      use({ is: 'attachment', owner: { network: 'fast', sandbox: 'sandbox-9', ifname: 'net1' } }),
      {},
      'function-taken',
      'sandbox sandbox-9 ("net1" of network "fast")',
    ],
    ['that a program has', use({ is: 'program', pids: [7] }), {}, 'function-taken', 'process 7 has'],
    ['that programs have', use({ is: 'program', pids: [7, 8] }), {}, 'function-taken', 'processes 7, 8 have'],
    ['that a program which is not seen has', use({ is: 'program', pids: [] }), {}, 'function-taken', 'somebody has'],
    ['that a pod has', use({ is: 'pod', netns: undefined }), {}, 'function-taken', 'in another namespace'],
    [
      'that sriov-cni gave a pod',
      use({ is: 'pod', netns: '/run/netns/a' }),
      {},
      'function-taken',
      'as sriov-cni notes',
    ],
    [
      'that the host uses',
      use({ is: 'host', link: 'enp1s0f0v0' }),
      {},
      'function-taken',
      '"ip link set dev enp1s0f0v0 down"',
    ],
    ['of another master', {}, { master: 'enp2s0' as InterfaceName }, 'function-unusable', '"master" names enp2s0'],
    ['with the MAC of another', { otherMacs: [names.guestMac] }, {}, 'mac-in-use', 'leave "mac" out'],
    [
      'with an MTU above the card’s',
      {},
      { mtu: 9000 as Mtu },
      'invalid-configuration',
      'that of the physical function enp1s0f0, 1500',
    ],
  ])('%s', (_, found, request, name, words) => {
    expect(() => planFor(request, [functionOf(found)])).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(words) }),
    );
  });

  it('where vfio-pci is not loaded', () => {
    const found = functionOf({ driver: 'iavf' });
    expect(() => planFor({ bindDriver: true }, [found], { hasVfioDriver: false })).toThrow('"modprobe vfio-pci"');
    expect(() => planFor({ bindDriver: true }, [found])).not.toThrow();
  });

  it('where there is none', () => {
    expect(() => planFor({}, [])).toThrow('there is no PCI function 0000:01:10.0');
    const pool = { address: undefined, master };
    expect(() => planFor(pool, [])).toThrow('/sys/class/net/enp1s0f0/device/sriov_numvfs');
    expect(() => planVfio(requestOf(pool), nodeView())).toThrow('the host has no interface enp1s0f0');
  });

  it('where none is free, with the reason of each', () => {
    const functions = [
      functionOf({ user: { is: 'program', pids: [7] } }),
      functionOf({ address: other, driver: 'igbvf' }),
    ];
    expect(() => planFor({ address: undefined, master }, functions)).toThrow(
      expect.objectContaining({
        name: 'no-free-function',
        message: expect.stringMatching(
          /none of the 2 .* is free: .*0000:01:10.0 is in use: process 7.*0000:01:10.2 has the driver igbvf/,
        ),
      }),
    );
  });
});

describe('the record of a virtual function', () => {
  const { device } = planFor({ settings: { vlan: 100, trust: 'on' }, bindDriver: true }, [
    functionOf({ driver: 'igbvf' }),
  ]);
  const recorded = JSON.parse(JSON.stringify(device)) as Vfio;

  it('is what dan writes', () => {
    expect(deviceFault(recorded, names)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['address', { function: { ...recorded.function, address: '../../etc' } }],
    ['link', { function: { ...recorded.function, physical: { address, link: '../x' } } }],
    ['driver', { function: { ...recorded.function, driver: { before: '../../x', override: '' } } }],
    ['MAC', { function: { ...recorded.function, before: { mac: 'a' } } }],
    ['trust', { function: { ...recorded.function, set: { trust: 'yes' } } }],
    ['name', { name: 'dan00000000000' }],
  ])('with another %s is none', (_, changes) => {
    expect(deviceFault({ ...recorded, ...changes }, names)).toBeDefined();
  });
});

describe('CHECK of a virtual function', () => {
  const { device } = planFor({ settings: { vlan: 100 } }, [functionOf()]);
  const made = functionOf({ row: { ...row, mac: names.guestMac, vlan: 100 } });

  it('finds nothing where it is as it was made', () => {
    expect(functionFaults(device.function, made)).toEqual([]);
  });

  it.each<[string, PciFunction | undefined, string]>([
    ['is gone', undefined, 'the function 0000:01:10.0 is gone'],
    ['has another driver', { ...made, driver: 'igbvf' }, 'driver is igbvf, and was made vfio-pci'],
    ['has another VLAN', { ...made, row: { ...made.row!, vlan: 0 } }, 'vlan is 0, and was made 100'],
    ['has no row', { ...made, row: undefined }, 'enp1s0f0 does not report the function'],
  ])('finds one that %s', (_, found, words) => {
    expect(functionFaults(device.function, found).join()).toContain(words);
  });
});
