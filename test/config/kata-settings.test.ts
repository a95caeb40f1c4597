import { describe, expect, test } from 'vitest';
import { type KataSettings, letsPodSet, readKata } from '../../src/config/kata.ts';
import { mergeTables } from '../../src/config/toml.ts';

function read(text: string): KataSettings {
  const { settings, faults } = readKata([{ path: 'configuration.toml', text }]);
  expect(faults).toEqual([]);
  return settings;
}

describe('the settings of a Kata configuration', () => {
  test('an empty configuration comes to the runtimes’ own defaults', () => {
    expect(read('')).toEqual({
      danConf: undefined,
      hypervisor: undefined,
      hypervisors: [],
      isOfRust: false,
      disableNewNetns: false,
      internetworkingModel: 'tcfilter',
      keepAbnormal: false,
      networkQueues: 1,
      bridges: undefined,
      disableVhostNet: false,
      vfio: { hotPlug: 'no-port', coldPlug: 'no-port' },
      rootPorts: 0,
      memory: { hugepages: false, isShared: true },
      rateLimits: [],
      enableAnnotations: [],
    });
  });

  test('the hypervisor that is named counts, not the first', () => {
    const settings = read(`
      [hypervisor.qemu]
      network_queues = 2
      [hypervisor.dragonball]
      network_queues = 3
      [runtime]
      hypervisor_name = "dragonball"`);
    expect(settings).toMatchObject({ hypervisor: 'dragonball', networkQueues: 3, isOfRust: true });
    expect(settings.hypervisors).toEqual(['qemu', 'dragonball']);
  });

  test('values of another type count as left out', () => {
    expect(read('[runtime]\ndan_conf = 3\ndisable_new_netns = "true"\n')).toMatchObject({
      danConf: undefined,
      disableNewNetns: false,
    });
  });
});

describe('letsPodSet', () => {
  test.each([
    [['disable_vhost_net'], true],
    [['.*'], true],
    [['vhost'], true],
    [['^vhost'], false],
    [['('], false],
    [[], false],
  ])('%j: %s', (expressions, lets) => {
    const settings = read(`[hypervisor.qemu]\nenable_annotations = ${JSON.stringify(expressions)}\n`);
    expect(letsPodSet(settings, 'disable_vhost_net')).toBe(lets);
  });
});

test('mergeTables: tables are merged, all else is replaced', () => {
  const base = { a: { b: 1, c: [1, 2] }, d: 'x', e: { f: 1 } };
  expect(mergeTables(base, { a: { c: [3], g: 2 }, d: { h: 1 }, e: 5 })).toEqual({
    a: { b: 1, c: [3], g: 2 },
    d: { h: 1 },
    e: 5,
  });
});
