import { describe, expect, it } from 'vitest';
import { askedTypes, checkFaults, type PluginVersions, suitableVersions, versionFaults } from '../../src/node/list.ts';

const old = ['0.3.1', '0.4.0', '1.0.0'];
const plugin = (type: string, versions?: readonly string[]): PluginVersions => ({
  type,
  path: versions === undefined ? undefined : `/usr/lib/cni/${type}`,
  versions,
});
const dan = { type: 'dan', device: 'tcfilter' };
const bridge = { type: 'bridge', ipam: { type: 'host-local' } };

describe('askedTypes', () => {
  it.each([
    [[dan], []],
    [[{ ...dan, ipam: { type: 'host-local' } }], []],
    [
      [bridge, dan],
      ['bridge', 'host-local'],
    ],
    [
      [bridge, { type: 'ptp', ipam: { type: 'host-local' } }, dan],
      ['bridge', 'host-local', 'ptp'],
    ],
    [[{ ipam: {} }, dan], []],
  ])('of %j are those that get the version of the list', (plugins, expected) => {
    expect(askedTypes(plugins)).toEqual(expected);
  });
});

describe('suitableVersions', () => {
  it.each([
    ['dan alone', [], { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] }],
    ['new plugins', [plugin('bridge', [...old, '1.1.0'])], { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] }],
    ['one of them old', [plugin('bridge', [...old, '1.1.0']), plugin('host-local', old)], { cniVersion: '1.0.0' }],
    ['a very old one', [plugin('bridge', ['0.3.1', '0.4.0'])], { cniVersion: '0.4.0' }],
    ['one that is not here', [plugin('bridge')], { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] }],
    ['one that knows nothing that dan knows', [plugin('bridge', ['0.1.0'])], undefined],
  ])('are what all know: %s', (_what, asked, expected) => {
    expect(suitableVersions(asked)).toEqual(expected);
  });
});

describe('versionFaults', () => {
  const list = { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'], plugins: [bridge, dan] };

  it('names a plugin that does not know what a newer client chooses', () => {
    const asked = [plugin('bridge', old), plugin('host-local', [...old, '1.1.0'])];
    expect(versionFaults(list, asked)).toEqual([
      { of: 'version-unknown', version: '1.1.0', plugin: asked[0], suitable: { cniVersion: '1.0.0' } },
    ]);
  });

  it('names one that could not be asked, where not every release knows the version', () => {
    expect(versionFaults(list, [plugin('bridge')])).toMatchObject([{ of: 'version-not-asked', version: '1.1.0' }]);
    expect(versionFaults({ cniVersion: '1.0.0', plugins: list.plugins }, [plugin('bridge')])).toEqual([]);
  });

  it.each([
    ['a version that all know', { cniVersion: '1.0.0' }],
    ['no version', {}],
    ['something else', { cniVersion: 3, cniVersions: '1.1.0' }],
  ])('finds nothing for %s', (_what, said) => {
    expect(versionFaults({ ...said, plugins: list.plugins }, [plugin('bridge', old)])).toEqual([]);
  });
});

describe('checkFaults', () => {
  const macvtap = { type: 'dan', device: 'macvtap' };
  const passthru = { ...macvtap, mode: 'passthru' };

  it.each(['bridge', 'ptp', 'macvlan', 'ipvlan', 'host-device', 'vlan'])(
    'finds that %s compares what macvtap takes, but in passthru or where CHECK is off',
    (type) => {
      const plugins = [{ type }, macvtap];
      const isAvoidable = type !== 'macvlan';
      expect(checkFaults({ plugins }, 1)).toEqual([{ of: 'check-fails', type, device: 'macvtap', isAvoidable }]);
      for (const disableCheck of [true, 'true']) expect(checkFaults({ plugins, disableCheck }, 1)).toEqual([]);
      expect(checkFaults({ plugins: [{ type }, passthru] }, 1)).toEqual([]);
    },
  );

  it.each([
    ['tcfilter, which takes frames alone', [{ type: 'bridge' }, dan]],
    ['a plugin that makes no interface', [{ type: 'tuning' }, macvtap]],
    ['a plugin behind dan', [macvtap, { type: 'bridge' }]],
    ['a device that dan does not have', [{ type: 'bridge' }, { type: 'dan', device: 'vfio' }]],
  ])('finds nothing for %s', (_what, plugins) => {
    expect(
      checkFaults(
        { plugins },
        plugins.findIndex(({ type }) => type === 'dan'),
      ),
    ).toEqual([]);
  });
});
