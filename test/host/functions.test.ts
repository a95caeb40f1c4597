import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bindDriver, rebind } from '../../src/host/functions/driver.ts';
import { functionsOf, lookAtFunction, physicalAddress } from '../../src/host/functions/look.ts';
import type { FunctionPlaces } from '../../src/host/functions/places.ts';
import { setFunction } from '../../src/host/functions/settings.ts';
import { danError } from '../../src/model/error.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { PciAddress } from '../../src/model/pci.ts';
import type { FunctionChange, FunctionRow } from '../../src/model/virtual-function.ts';
import { row } from '../kinds/functions.ts';
import { linkNamed } from '../kinds/node.ts';

const site = { timeoutSeconds: 1 };
const physical = '0000:01:00.0' as PciAddress;
const [first, second] = ['0000:01:10.0', '0000:01:10.2'] as [PciAddress, PciAddress];
const card = 'enp1s0f0' as InterfaceName;

let root: string;
let places: FunctionPlaces;
let asked: FunctionChange[];
let rows: Map<number, FunctionRow>;

/** A sysfs made of files, with a card that has two functions. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dan-sysfs-'));
  asked = [];
  rows = new Map([
    [0, row],
    [1, { ...row, mac: '02:00:00:00:02:01' }],
  ]);
  places = {
    ...{ pci: join(root, 'pci'), net: join(root, 'net'), groups: join(root, 'vfio'), sriovCni: join(root, 'sriov') },
    kernel: {
      readLinks: () => Promise.resolve([linkNamed(card, { mtu: 9000 })]),
      readFunctions: () => Promise.resolve(rows),
      setFunction: (_link, _number, change) => {
        asked.push(change);
        return Promise.resolve();
      },
    },
  };
  for (const directory of ['pci/drivers/igb', 'pci/drivers/igbvf', 'pci/drivers/vfio-pci', 'net', 'vfio', 'sriov']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  addDevice(physical, 'igb', 1, card);
  addDevice(first, 'igbvf', 6, 'enp1s0f0v0');
  addDevice(second, 'vfio-pci', 7);
  for (const [at, address] of [first, second].entries()) {
    symlinkSync(`../${address}`, join(device(physical), `virtfn${at}`));
    symlinkSync(`../${physical}`, join(device(address), 'physfn'));
  }
  mkdirSync(join(root, 'net', card), { recursive: true });
  symlinkSync(`../../pci/devices/${physical}`, join(root, 'net', card, 'device'));
  writeFileSync(join(root, 'vfio/7'), '');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function device(address: string): string {
  return join(root, 'pci/devices', address);
}

function addDevice(address: string, driver: string, group: number, link?: string): void {
  mkdirSync(device(address), { recursive: true });
  symlinkSync(`../../drivers/${driver}`, join(device(address), 'driver'));
  writeFileSync(join(device(address), 'driver_override'), driver === 'vfio-pci' ? 'vfio-pci\n' : '(null)\n');
  writeFileSync(join(device(address), 'class'), '0x020000\n');
  mkdirSync(join(root, 'groups', String(group), 'devices'), { recursive: true });
  symlinkSync(device(address), join(root, 'groups', String(group), 'devices', address));
  symlinkSync(join(root, 'groups', String(group)), join(device(address), 'iommu_group'));
  if (link === undefined) return;
  mkdirSync(join(device(address), 'net', link), { recursive: true });
  writeFileSync(join(device(address), 'net', link, 'flags'), '0x1002\n');
}

describe('a PCI function', () => {
  it('has what sysfs and the card say of it', async () => {
    expect(await lookAtFunction(first, site, places)).toEqual({
      ...{ address: first, driver: 'igbvf', override: undefined, group: 6, companions: [], number: 0, row },
      physical: { address: physical, link: card, driver: 'igb', mtu: 9000, up: true },
      otherMacs: ['02:00:00:00:02:01'],
      user: undefined,
    });
    expect(await lookAtFunction(second, site, places)).toMatchObject({
      ...{ driver: 'vfio-pci', override: 'vfio-pci', group: 7, number: 1, user: undefined },
      row: { mac: '02:00:00:00:02:01' },
    });
  });

  it('that is physical says so, and one that is missing is none', async () => {
    expect(await lookAtFunction(physical, site, places)).toMatchObject({ physical: undefined, row: undefined });
    expect(await lookAtFunction('0000:01:10.4' as PciAddress, site, places)).toBeUndefined();
  });

  it('is found by the interface of its card, in the order of the numbers', async () => {
    for (let at = 2; at < 12; at += 1) symlinkSync(`../0000:02:00.${at % 8}`, join(device(physical), `virtfn${at}`));
    const found = await functionsOf(card, site, places);
    expect(found?.slice(0, 3).map(({ address }) => address)).toEqual([first, second, '0000:02:00.2']);
    expect(await functionsOf('lo' as InterfaceName, site, places)).toBeUndefined();
  });

  it('leads to its card, by its address or by the card’s interface', () => {
    expect(physicalAddress({ address: first, master: undefined }, places)).toBe(physical);
    expect(physicalAddress({ address: undefined, master: card }, places)).toBe(physical);
    expect(physicalAddress({ address: physical, master: undefined }, places)).toBeUndefined();
  });

  it('has companions in its group, but no bridges', async () => {
    const directory = join(root, 'groups/6/devices');
    for (const [address, type] of [
      ['0000:00:01.0', '0x060400'],
      ['0000:01:10.4', '0x020000'],
    ] as const) {
      mkdirSync(join(directory, address));
      writeFileSync(join(directory, address, 'class'), `${type}\n`);
    }
    expect(await lookAtFunction(first, site, places)).toMatchObject({ companions: ['0000:01:10.4'] });
  });

  it.each<[string, () => void, object]>([
    [
      'the host, whose interface is up',
      () => {
        writeFileSync(join(device(first), 'net/enp1s0f0v0/flags'), '0x1003\n');
      },
      { is: 'host', link: 'enp1s0f0v0' },
    ],
    [
      'a pod, whose namespace has the interface',
      () => {
        rmSync(join(device(first), 'net/enp1s0f0v0'), { recursive: true });
      },
      { is: 'pod', netns: undefined },
    ],
    [
      'a pod of sriov-cni',
      () => {
        writeFileSync(join(root, 'sriov', first), root);
      },
      { is: 'pod', netns: undefined },
    ],
  ])('is used by %s', async (_, change, user) => {
    change();
    const found = await lookAtFunction(first, site, places);
    expect(found?.user).toEqual('netns' in user && readsSriov() ? { ...user, netns: root } : user);
  });

  it('is not used by a pod of sriov-cni that has gone', async () => {
    writeFileSync(join(root, 'sriov', first), '/run/netns/gone');
    expect((await lookAtFunction(first, site, places))?.user).toBeUndefined();
  });
});

function readsSriov(): boolean {
  try {
    return readFileSync(join(root, 'sriov', first), 'utf8') === root;
  } catch {
    return false;
  }
}

describe('the driver of a function', () => {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  beforeEach(() => {
    writeFileSync(join(root, 'pci/drivers/igbvf/unbind'), '');
    writeFileSync(join(root, 'pci/drivers_probe'), '');
  });

  it('is asked to let go of it, and the other one is asked for', () => {
    expect(() => {
      bindDriver({ op: 'driver-bind', in: 'host', address: first, driver: 'vfio-pci', from: 'igbvf' }, places);
    }).toThrow(expect.objectContaining({ name: 'driver-not-bound', message: expect.stringContaining('has igbvf') }));
    expect(read(`pci/devices/${first}/driver_override`)).toBe('vfio-pci\n');
    expect([read('pci/drivers/igbvf/unbind'), read('pci/drivers_probe')]).toEqual([first, first]);
  });

  it('is not touched where it is the one that is asked for', () => {
    expect(rebind(first, { driver: 'igbvf', override: undefined }, places)).toBe('igbvf');
    expect(read(`pci/devices/${first}/driver_override`)).toBe('\n');
    expect([read('pci/drivers/igbvf/unbind'), read('pci/drivers_probe')]).toEqual(['', '']);
  });

  it('is none where none is asked for', () => {
    rebind(first, { driver: undefined, override: undefined }, places);
    expect([read('pci/drivers/igbvf/unbind'), read('pci/drivers_probe')]).toEqual([first, '']);
  });

  it('of a function that is gone cannot be changed', () => {
    rmSync(device(second), { recursive: true });
    expect(() => rebind(second, { driver: 'igbvf', override: undefined }, places)).toThrow(
      expect.objectContaining({ name: 'io-failure' }),
    );
  });
});

describe('the settings of a function', () => {
  const changes = [
    { set: 'vlan', vlan: 100, vlanQoS: 3, vlanProto: '802.1q' },
    { set: 'trust', to: 'on' },
  ] as const;
  const wanted = {
    op: 'function-set',
    in: 'host',
    link: card,
    number: 0,
    driver: 'igb',
    tells: ['mac', 'vlan'],
    changes,
  } as const;

  it('are asked for one after the other', async () => {
    rows.set(0, { ...row, vlan: 100, vlanQoS: 3, trust: 'on' });
    await setFunction(wanted, site, places);
    expect(asked).toEqual(changes);
  });

  it('that the driver refuses are named, with the driver and what it tells', async () => {
    const refusing = {
      ...places.kernel,
      setFunction: () => Promise.reject(danError('command-failed', 'Operation not supported')),
    };
    await expect(setFunction(wanted, site, { ...places, kernel: refusing })).rejects.toThrow(
      expect.objectContaining({
        name: 'function-setting-refused',
        message: expect.stringMatching(
          /^the driver igb .*enp1s0f0 .*this VLAN.*"ip link set dev enp1s0f0 vf 0 vlan 100 qos 3".*not supported.*mac, vlan; leave "vlan", "vlanQoS", "vlanProto" out/,
        ),
      }),
    );
  });

  it('that the driver takes and does not do are refused', async () => {
    rows.set(0, { ...row, vlan: 100, vlanQoS: 3 });
    await expect(setFunction(wanted, site, places)).rejects.toThrow('did not do it: "trust" is off');
  });
});
