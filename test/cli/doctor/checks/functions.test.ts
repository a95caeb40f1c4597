import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type FunctionFacts, registeredIn } from '../../../../src/cli/doctor/facts/functions.ts';
import type { InterfaceName } from '../../../../src/model/interface-name.ts';
import { functionOf } from '../../../kinds/functions.ts';
import { facts, find, network, networks } from '../made-up-facts.ts';
import { conflist, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

const link = 'enp1s0f0' as InterfaceName;
const sound: FunctionFacts = {
  groups: 12,
  hasVfio: true,
  cards: [{ link, functions: [functionOf()] }],
  registered: [],
};
const vfio = network('fast', networks.vfio);

function findWith(id: string, functions: Partial<FunctionFacts>, plugin = vfio) {
  return find(id, facts({ networks: [plugin], functions: { ...sound, ...functions } }));
}

describe('a node whose networks have virtual functions', () => {
  test.each(['kernel-iommu', 'kernel-vfio', 'kernel-functions', 'kernel-device-plugin'])('may be sound: %s', (id) => {
    expect(findWith(id, {})).toEqual([]);
  });

  test('may lack an IOMMU, or vfio-pci', () => {
    expect(findWith('kernel-iommu', { groups: 0 })).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('the network "fast" needs one') },
    ]);
    expect(findWith('kernel-vfio', { hasVfio: false })).toMatchObject([
      { severity: 'error', cure: expect.stringContaining('"modprobe vfio-pci"') },
    ]);
  });

  test.each<[string, FunctionFacts['cards'][number]['functions'], string, string]>([
    ['the interface', undefined, 'error', 'the host has no interface enp1s0f0'],
    ['functions', [], 'error', 'enp1s0f0 has no virtual functions'],
    ['functions with vfio-pci', [functionOf({ driver: 'iavf' })], 'error', 'has the driver iavf'],
    ['free functions', [functionOf({ user: { is: 'program', pids: [7] } })], 'note', 'process 7 has'],
  ])('may lack %s', (_, functions, severity, words) => {
    expect(findWith('kernel-functions', { cards: [{ link, functions }] })).toMatchObject([
      { severity, seen: expect.stringContaining(words) },
    ]);
  });

  test('may leave the driver of functions to dan', () => {
    const binding = network('fast', { ...networks.vfio, bindDriver: true });
    const cards = [{ link, functions: [functionOf({ driver: 'iavf' })] }];
    expect(findWith('kernel-functions', { cards }, binding)).toEqual([]);
  });

  test('may have a device plugin that registered what cannot be attached', () => {
    const registered = [
      { resource: 'example.com/a', address: '0000:01:10.0', found: functionOf() },
      { resource: 'example.com/a', address: '0000:01:10.2', found: functionOf({ user: { is: 'program', pids: [7] } }) },
      { resource: 'example.com/a', address: '0000:01:10.4', found: functionOf({ driver: 'iavf' }) },
      { resource: 'example.com/a', address: '0000:01:10.6', found: undefined },
    ];
    expect(findWith('kernel-device-plugin', { registered }).map(({ seen }) => seen)).toEqual([
      expect.stringMatching(/0000:01:10.4 as "example.com\/a", and the function .* has the driver iavf/),
      expect.stringMatching(/0000:01:10.6 as "example.com\/a", and there is no such function/),
    ]);
  });

  test('may have functions whose driver Kata’s guest kernel lacks', () => {
    const cards = [{ link, functions: [functionOf({ physical: { ...functionOf().physical!, driver: 'ice' } })] }];
    const kata = { uses: [] };
    expect(find('kata-guest-driver', facts({ networks: [vfio], functions: { ...sound, cards }, kata }))).toMatchObject([
      { severity: 'note', seen: expect.stringContaining('need the driver iavf') },
    ]);
  });
});

test('the functions that device plugins have registered are read of the kubelet’s checkpoint', () => {
  const text = JSON.stringify({
    Data: { PodDeviceEntries: [], RegisteredDevices: { 'a/b': ['0000:01:10.0', 'gpu0'], 'a/c': null } },
  });
  expect(registeredIn({ text })).toEqual([{ resource: 'a/b', address: '0000:01:10.0' }]);
  for (const odd of ['', '[]', '{"Data":7}', '{"Data":{"RegisteredDevices":[]}}'])
    expect(registeredIn({ text: odd })).toEqual([]);
  expect(registeredIn({ fault: 'it cannot be read' })).toEqual([]);
  expect(registeredIn(undefined)).toEqual([]);
});

describe('Kata whose pods get virtual functions', () => {
  let node: MadeUpNode;
  beforeEach(() => {
    node = soundNode();
  });
  afterEach(() => {
    node[Symbol.dispose]();
  });
  const plugin = { type: 'dan', ...networks.vfio, addresses: ['10.1.0.5/24'] };
  const kata = (table: string): MadeUpNode =>
    node.write({
      '/etc/kata-containers/configuration.toml': kataConfig
        .replaceAll('dragonball', 'qemu')
        .replace('default_vcpus = 1', table),
      '/etc/cni/kata.d/10-dan.conflist': conflist([plugin]),
    });

  test.each([
    ['', 'leaves it out'],
    ['hot_plug_vfio = "no-port"', 'has hot_plug_vfio = "no-port"'],
    ['hot_plug_vfio = "root-port"\ncold_plug_vfio = "root-port"', 'has cold_plug_vfio = "root-port"'],
  ])('with %j plugs none in', async (table, words) => {
    const findings = await kata(table).find('kata-hot-plug-vfio');
    expect(findings).toMatchObject([{ severity: 'error', seen: expect.stringContaining(words) }]);
  });

  test('with QEMU needs a root port for each', async () => {
    const one = 'hot_plug_vfio = "root-port"';
    expect(await kata(`${one}\npcie_root_port = 1`).find('kata-hot-plug-vfio')).toEqual([]);
    expect(await node.find('kata-root-ports')).toEqual([]);
    expect(await kata(one).find('kata-root-ports')).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('has pcie_root_port = 0, and its pods get 1 networks') },
    ]);
  });
});
